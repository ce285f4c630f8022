// The start address of the window that Handrail opens: #port=PORT&code=<64 hex>&to=<path>.

import { bytesOf, isHex } from "./bytes.js";

/**
 * @typedef {object} Start
 * @property {number | null} port
 * @property {Uint8Array<ArrayBuffer> | null} code works once
 * @property {string} to a path of the dashboard
 */

/**
 * Read the part of the address after the hash sign. What is not as expected is left out.
 * @param {string} untrusted_fragment
 * @returns {Start}
 */
export function decode_start(untrusted_fragment) {
  const fields = new URLSearchParams(untrusted_fragment.replace(/^#/, ""));
  const port = Number(fields.get("port"));
  const code = fields.get("code");
  const to = fields.get("to") ?? "/";
  return {
    port: Number.isInteger(port) && port > 0 && port < 65536 ? port : null,
    code: isHex(code, 32) ? bytesOf(code, 32) : null,
    to: /^\/(?![/\\])/.test(to) ? to : "/",
  };
}
