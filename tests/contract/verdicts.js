// What the extension says of every example that it can receive. It is run by test_examples.py in
// the folder of the extension, is given the folder of the examples, and prints verdicts as JSON.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

const extension = (path) => import(pathToFileURL(join(process.cwd(), path)).href);
const { deliver } = await extension("browser/service.js");
const { bytesOf, concat, hexOf } = await extension("core/bytes.js");
const { sha256Hex } = await extension("core/digest.js");
const { HandrailError } = await extension("core/errors.js");
const { pairedText } = await extension("core/mac.js");
const read = await extension("core/messages.js");
const { digitsOf, groupsOf, transcriptOf } = await extension("core/pairing.js");
const { sign, signingKey, verify_mac } = await extension("engine/keyring.js");

/** Each function returns when the extension believes the answer, and throws when it does not. */
const READERS = {
  "pair-started": ({ text }) => read.decode_pairStarted(read.decode_object(text)),
  "pair-revealed": ({ text }) => read.decode_pairRevealed(read.decode_object(text)),
  "status": ({ text }) => read.decode_status(read.decode_object(text)),
  "ticket": ({ text, given }) => read.decode_ticket(read.decode_object(text), given.port),
  "error-answer": ({ text }) => read.decode_errorAnswer(read.decode_object(text)),

  async "pair-finished"({ text, given }) {
    const answer = read.decode_pairFinished(read.decode_object(text));
    if (answer.status === "accepted") {
      const key = await signingKey(bytesOf(given.key, 32));
      if (!await verify_mac(key, pairedText(given.pairing), answer.mac)) {
        throw new HandrailError("service-answer");
      }
    }
  },

  // The whole way: the answer comes to a request, and the door to the service believes it or not.
  async "receipt"({ text, given }) {
    const key = await signingKey(bytesOf(given.key, 32));
    const signer = {
      browser: "00".repeat(16),
      sign: (content) => sign(key, content),
      verify: (content, mac) => verify_mac(key, content, mac),
    };
    globalThis.fetch = async () => new Response(text);
    await deliver(signer, 28417, { ...given.sent, sealed: new Blob([]) });
  },

  async "transcript"({ value, given: { browser, service } }) {
    const side = ({ key, nonce }) => (
      { key: bytesOf(key, key.length / 2), nonce: bytesOf(nonce, nonce.length / 2) });
    const [mine, theirs] = [side(browser), side(service)];
    const content = transcriptOf(mine, theirs, service.recipient);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const made = {
      commit: await sha256Hex(concat(mine.key, mine.nonce)),
      transcript: hexOf(hash),
      digits: groupsOf(digitsOf(hash)).join(" "),
    };
    if (Object.keys(made).some((name) => made[name] !== value[name])) {
      throw new TypeError("the numbers differ");
    }
  },
};

const verdicts = {};
for (const kind of ["valid", "invalid", "tampered"]) {
  for (const [name, reader] of Object.entries(READERS)) {
    for (const example of examplesIn(kind, name)) {
      verdicts[example.path] = await verdictOf(reader, example);
    }
  }
}
process.stdout.write(JSON.stringify(verdicts));

async function verdictOf(reader, example) {
  try {
    await reader(example);
    return "accepted";
  } catch (thrown) {
    if (thrown instanceof HandrailError) {
      return thrown.code;
    }
    if (thrown instanceof TypeError) {
      return "refused";
    }
    throw thrown;
  }
}

function examplesIn(kind, name) {
  const folder = join(argv[2], kind, name);
  let files = [];
  try {
    files = readdirSync(folder);
  } catch {
    // Not every document can be tampered with.
  }
  return files.map((file) => {
    const said = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const text = said.document_text
      ?? (said.document_hex === undefined ? JSON.stringify(said.document)
        : Buffer.from(said.document_hex, "hex").toString());
    const path = `${kind}/${name}/${file.replace(/\.json$/, "")}`;
    return { path, text, value: said.document, given: said.given };
  });
}
