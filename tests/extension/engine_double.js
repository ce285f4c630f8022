// Stands in for engine/view.js, engine/conversation.js and engine/whole-page.js in panel tests: takes
// invented things, or fails as it is told to by `globalThis.told`. It reads no page.

import { hexOf, utf8 } from "../core/bytes.js";
import { canonicalBytes } from "../core/canonical.js";
import { sha256Hex } from "../core/digest.js";
import { HandrailError } from "../core/errors.js";

const told = (globalThis.told ??= {
  problem: null, waitAt: null, missing: false, url: "https://chat.example.com/t/17841",
  title: "sky.m_204 <b>", at: null, tiles: 3, progress: {}, said: {}, endAt: null,
});

/** Lets a capture go on that waits at a step. */
let goOn = () => undefined;

/** @param {string} step "hiding", "tile 2" and the like */
async function at(step, signal) {
  if (told.waitAt === step && !signal.aborted) {
    globalThis.letGoOn = () => goOn();
    await new Promise((resolve) => {
      goOn = resolve;
      signal.addEventListener("abort", resolve);
    });
  }
}

export async function captureView({ save, shown, signal, tell }) {
  for (const step of ["hiding", "checking", "picture", "text", "restoring"]) {
    tell(step);
    await at(step, signal);
    if (signal.aborted) {
      throw new HandrailError("capture-stopped");
    }
    if (told.problem) {
      throw new HandrailError(told.problem);
    }
  }
  const { facts, exhibits } = await invented(save, { shown });
  return { facts, exhibits };
}

/** A conversation or a page of as many tiles as told, kept one by one as the real ones are. */
async function captureLong(save, { signal, tell, keep }) {
  const progress = { tiles: 0, messages: save === "page" ? null : 0, earliest: null };
  tell({ step: "hiding", ...progress });
  await at("hiding", signal);
  if (signal.aborted) {
    throw new HandrailError("capture-stopped");
  }
  if (told.problem && !told.endAt) {
    throw new HandrailError(told.problem);
  }
  const capture = hexOf(crypto.getRandomValues(new Uint8Array(16)));
  await keep(capture, [
    { number: 1, kind: "start", media_type: "application/json", bytes: utf8("{}") },
    { number: 2, kind: "view", media_type: "image/png", bytes: await plainPicture() },
    { number: 3, kind: "page", media_type: "text/html;charset=utf-8", bytes: utf8("<p>") },
  ]);
  let ended = "done";
  for (let tile = 1; tile <= told.tiles && ended === "done"; tile += 1) {
    await keep(capture, [
      { number: 2 + 2 * tile, kind: "tile", media_type: "image/png", bytes: await plainPicture() },
      { number: 3 + 2 * tile, kind: "reading", media_type: "application/json", bytes: utf8("{}") },
    ]);
    progress.tiles = tile;
    tell({ step: "tiles", ...progress, ...told.progress });
    await at(`tile ${tile}`, signal);
    if (signal.aborted) {
      ended = "stopped";
    } else if (told.endAt === tile) {
      ended = told.problem;
    }
  }
  tell({ step: "restoring", ...progress, ...told.progress });
  await at("restoring", signal);
  const { facts, exhibits } = await invented(save, { capture, ended, tiles: progress.tiles });
  await keep(capture, exhibits.slice(-1));
  return { facts };
}

export const captureConversation = (wish) => captureLong("conversation", wish);
export const captureWholePage = (wish) => captureLong("page", wish);

async function invented(save, { capture, ended = "done", tiles = 0, shown = null }) {
  const now = told.at ?? new Date().toISOString();
  const exhibits = [
    { number: 1, kind: "view", media_type: "image/png", bytes: await plainPicture() },
    { number: 2, kind: "page", media_type: "text/html;charset=utf-8",
      bytes: utf8("<!doctype html><p>Pay until 20:00.</p>") },
  ];
  const facts = {
    v: 1, capture: capture ?? hexOf(crypto.getRandomValues(new Uint8Array(16))), save,
    source: { url: told.url, title: told.title, referrer: null, language: "en" }, subject: null,
    times: { started: now, finished: now, zone: "Europe/London", offset_minutes: 0, uptime_ms: 1 },
    window: { width: 64, height: 40, page_width: 64, page_height: 400, scroll_x: 0, scroll_y: 0,
      device_pixel_ratio: "1" },
    picture: { width: 64, height: 40 },
    made_by: { extension: "0.1.0", browser: navigator.userAgent, platform: "Linux",
      languages: ["en-GB"] },
    pictures: { hidden: true, count: 9, verified: true, shown },
    completeness: { ended, top: null, bottom: null, tiles, messages: null, earliest: null,
      latest: null, overlays_hidden: 0, gaps: [], page_changed: told.missing,
      not_read: told.missing ? [{ what: "frame", count: 1 }, { what: "canvas", count: 2 }] : [],
      ...told.said },
    exhibits: await Promise.all(exhibits.map(async ({ number, kind, media_type, bytes }) => (
      { number, kind, media_type, length: bytes.length, sha256: await sha256Hex(bytes) }))),
  };
  exhibits.push({
    number: capture ? 4 + 2 * tiles : 3, kind: "facts", media_type: "application/json",
    bytes: canonicalBytes(facts),
  });
  return { facts, exhibits };
}

async function plainPicture() {
  const canvas = new OffscreenCanvas(640, 400);
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#dfe6ee";
  brush.fillRect(0, 0, 640, 400);
  brush.fillStyle = "#98a4b3";
  brush.fillRect(40, 60, 160, 120);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
