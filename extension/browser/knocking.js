// Knocking on one port of this computer, to hear who is there. What it means is engine/diagnosis.js.
//
// A page is told little, and on purpose: a closed port and a connection that is cut, as Handrail does
// to whom it does not know, end in the same error after the same few milliseconds. (In Firefox the
// entry in `performance` takes no time for a closed port; in Chromium the two are alike there too.)
// Two things can be heard: that somebody answers, by a request whose answer nobody may read; and
// that somebody takes the call and says nothing.

import { codeOf } from "../core/errors.js";
import { callUnread, readStatus } from "./service.js";

/** @import { Signer } from "./service.js" */

/**
 * @typedef {"handrail" | "stranger" | "other" | "holds" | "silent"} Heard
 * handrail: the service, and it knows this browser. stranger: it speaks as Handrail does and does
 * not know this browser. other: another program. holds: the call is taken and not answered.
 * silent: nobody, or somebody who cuts the call.
 */

const LONG_ENOUGH = 2_000;

/** What a Handrail says that does not know this browser, or not any more. */
const UNKNOWN = "not-paired";

/**
 * Knock, and say who is there.
 * @param {number} port
 * @param {Signer | null} signer of a connected browser
 * @returns {Promise<Heard>}
 */
export async function knock(port, signer) {
  const heard = await listen(port);
  if (heard === "other" || !signer) {
    return heard;
  }
  try {
    await readStatus(signer, port);
    return "handrail";
  } catch (thrown) {
    const code = codeOf(thrown, "service-answer");
    if (code === "service-away") {
      return heard;
    }
    return code === UNKNOWN ? "stranger" : code === "service-answer" ? "other" : "handrail";
  }
}

/**
 * Ask something that any program with a web page answers, and that Handrail does not.
 * @param {number} port
 * @returns {Promise<"other" | "holds" | "silent">}
 */
async function listen(port) {
  try {
    await callUnread(port, LONG_ENOUGH);
    return "other";
  } catch (thrown) {
    return thrown instanceof DOMException && thrown.name === "TimeoutError" ? "holds" : "silent";
  }
}
