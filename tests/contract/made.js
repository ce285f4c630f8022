// What the extension makes, as bytes: envelopes, questions, facts. It is run by
// test_made_by_the_browser.py in the folder of the extension, and prints one line of JSON.
//
// The network, the tab and the screen are doubles; everything that writes is the extension's own.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

const extension = (path) => import(pathToFileURL(join(process.cwd(), path)).href);
const service = await extension("browser/service.js");
const { bytesOf, hexOf } = await extension("core/bytes.js");
const { canonicalBytes } = await extension("core/canonical.js");
const { envelopeContent } = await extension("core/envelope.js");
const { beginCapture, startOf } = await extension("engine/facts.js");
const { sign, signingKey, verify_mac } = await extension("engine/keyring.js");
const { LONGEST_NOTE, makeNote } = await extension("engine/note.js");
const { startPairing } = await extension("engine/pairing.js");
const { captureView } = await extension("engine/view.js");

const valid = (name) => {
  const folder = join(argv[2], "valid", name);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")));
};
const one = (name, file) => (
  JSON.parse(readFileSync(join(argv[2], "valid", name, `${file}.json`), "utf8")).document);

const facts = [];
for (const page of PAGES()) {
  facts.push(await factsOf(page, facts.length));
}
process.stdout.write(JSON.stringify({
  envelopes: valid("envelope-header").map(({ document, given }) => (
    hexOf(envelopeContent(document, new TextEncoder().encode(given.body))))),
  pairing: [...await pairingQuestions(null), ...await pairingQuestions(new Uint8Array(32))],
  requests: await signedRequests(),
  facts,
  starts: PAGES().map(startOn),
  notes: NOTES().map((text) => {
    const { bytes, ...said } = makeNote("ab".repeat(16), text);
    return { ...said, text: text.toWellFormed(), bytes: hexOf(bytes) };
  }),
}));

// ── Pairing ──────────────────────────────────────────────────────────────────────────────────

async function pairingQuestions(code) {
  const asked = [];
  const answers = {
    "/api/pair/start": one("pair-started", "key-nonce-and-recipient"),
    "/api/pair/reveal": one("pair-revealed", "the-person-is-asked"),
    "/api/pair/finish": { status: "waiting" },
  };
  const double = {
    async ask(port, path, body) {
      asked.push([path, hexOf(canonicalBytes(body))]);
      return answers[path];
    },
  };
  const pairing = await startPairing(double, 28417, code);
  await pairing.finish();
  return asked;
}

// ── Requests of a connected browser ──────────────────────────────────────────────────────────

async function signedRequests() {
  const asked = [];
  const answers = {
    "/api/status": one("status", "open"),
    "/api/ticket": one("ticket", "the-first-page"),
    "/api/envelopes": one("receipt", "stored"),
  };
  const key = await signingKey(bytesOf(argv[3], 32));
  const signer = {
    browser: "ab".repeat(16),
    sign: (text) => sign(key, text),
    verify: (text, mac) => verify_mac(key, text, mac),
  };
  globalThis.fetch = async (address, { method, headers, body }) => {
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    asked.push({ address, method, headers, body: hexOf(bytes) });
    return new Response(JSON.stringify(answers[new URL(address).pathname]));
  };
  for (const { document } of valid("ticket-request")) {
    await service.readDashboardAddress(signer, 28417, document.to);
  }
  const sealed = new TextEncoder().encode("age-encryption.org/v1\n");
  const sha256 = hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", sealed)));
  await service.deliver(signer, 28417, { key: "cd".repeat(16), sealed: new Blob([sealed]), sha256 })
    .catch((thrown) => {
      // The receipt is of another envelope. What was sent is what counts here.
      if (thrown.code !== "receipt-unverified") {
        throw thrown;
      }
    });
  return asked;
}

// ── Facts ────────────────────────────────────────────────────────────────────────────────────

function PAGES() {
  const plain = {
    url: "https://chat.example.com/t/sky.m_204", title: "sky.m_204", referrer: "", language: "",
    content_type: "text/html", is_html: true, zone: "Europe/London", offset_minutes: 0,
    width: 1280, height: 800, page_width: 1280, page_height: 6400, scroll_x: 0, scroll_y: 0,
    device_pixel_ratio: 1,
  };
  return [
    plain,
    { ...plain, scroll_x: -0, scroll_y: -40, device_pixel_ratio: 1.100000023841858 },
    { ...plain, url: `https://a.example.com/?${"x".repeat(70_000)}`, referrer: "r".repeat(70_000) },
    { ...plain, title: "\u{1f600}".repeat(3000), language: "en-".repeat(50) },
    { ...plain, title: "\ud800 half \udfff", url: "https://a.example.com/#\ud83d" },
    { ...plain, title: "\u0000\u001b\u2028\u202e\"\\</script>", device_pixel_ratio: 0.3333333 },
    { ...plain, offset_minutes: 845, zone: "Pacific/Chatham", device_pixel_ratio: 500 },
  ];
}

function NOTES() {
  return ["He wrote again.\nI did not answer.", "x".repeat(LONGEST_NOTE), "\ud83d half \u0000\u202e"];
}

function startOn(before, number) {
  const begun = beginCapture({
    save: number % 2 ? "page" : "conversation", before, started: new Date(Date.UTC(2026, 2, 10)),
    uptime: 51234.567,
    maker: { extension: "0.1.0", browser: "", platform: "", languages: ["en-GB", "en"] },
  });
  const { bytes, ...said } = startOf(begun);
  return { ...said, capture: begun.capture, bytes: hexOf(bytes) };
}

async function factsOf(reading, number) {
  const nothing = async () => undefined;
  const hidden = async () => ({ count: 3, faults: 0, examples: [], holds: true });
  const place = { windowWidth: reading.width, left: 0, top: 0, width: 24, height: 1 };
  // The screen shows the mark in the first picture and no longer in the next.
  let bits = [];
  let taken = 0;
  globalThis.createImageBitmap = async () => ({ width: reading.width, close() {} });
  globalThis.OffscreenCanvas = class {
    width = reading.width;

    getContext() {
      return {
        drawImage() {},
        getImageData: () => ({
          data: Uint8Array.from({ length: this.width * 4 }, (_, at) => (
            taken === 1 && bits[Math.floor(at / 4)] ? 255 : 0)),
        }),
      };
    }
  };
  const page = {
    read: async () => reading, hide: hidden, verify: hidden, removeMark: nothing, restore: nothing,
    async showMark(fields) {
      bits = fields;
      return place;
    },
    copy: async () => ({
      html: "<!doctype html><p>\ud83d", not_read: { frame: 2, "closed-root": 1 },
    }),
  };
  const png = new Uint8Array(32);
  new DataView(png.buffer).setUint32(16, reading.width);
  new DataView(png.buffer).setUint32(20, reading.height);
  const tabs = {
    watchTab: () => ({ check() {}, forget() {}, stop() {} }), openPage: async () => page,
    checkShown: nothing, checkThere: nothing,
    readMaker: () => (
      { extension: "0.1.0", browser: "Mozilla/5.0", platform: "Linux", languages: ["en-GB"] }),
  };
  const screenshots = {
    async takePicture() {
      taken += 1;
      return png;
    },
  };
  const at = new Date(Date.UTC(number === 0 ? 1970 : 2026, 2, 10, 12));
  const { exhibits } = await captureView({
    tab: { tabId: 1, windowId: 1 }, doors: { tabs, screenshots },
    clock: { now: () => at, uptime: () => 51234.567 },
  });
  return hexOf(exhibits[2].bytes);
}
