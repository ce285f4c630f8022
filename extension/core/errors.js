// Errors with a code for machines. The sentence and the next step for people are in the text
// catalogue under the same code, so that no logic holds words.

/**
 * Every code the extension gives itself; the service adds its own.
 * @typedef {"pictures-not-hidden" | "page-not-readable" | "permission-lost" | "tab-changed" | "page-changed"
 *   | "capture-stopped" | "capture-failed" | "service-away" | "service-answer" | "not-paired"
 *   | "pairing-refused" | "pairing-closed" | "pairing-stopped" | "receipt-unverified"
 *   | "storage-full" | "storage-failed"} OwnCode
 */

/** An error that code can tell apart and the catalogue can explain. */
export class HandrailError extends Error {
  /**
   * @param {OwnCode | string} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    super(code, cause === undefined ? undefined : { cause });
    this.name = "HandrailError";
    this.code = code;
  }
}

/**
 * Give the code of anything that was thrown.
 * @param {unknown} thrown
 * @param {OwnCode} otherwise
 * @returns {string}
 */
export function codeOf(thrown, otherwise) {
  return thrown instanceof HandrailError ? thrown.code : otherwise;
}
