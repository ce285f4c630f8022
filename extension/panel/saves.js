// What a person can save, and which part of the engine does it.

import { captureConversation } from "../engine/conversation.js";
import { captureView } from "../engine/view.js";
import { captureWholePage } from "../engine/whole-page.js";

/** @typedef {"view" | "profile"} ShortSave one moment: taken whole, then kept */
/** @typedef {"conversation" | "page"} LongSave part after part, each kept as it is taken */
/** @typedef {ShortSave | LongSave} Save */

/** What lies below *Save this view*, in this order unless the page suggests another. */
export const MORE = /** @type {const} */ (["conversation", "page", "profile"]);

/**
 * @param {Save} save
 * @returns {save is LongSave}
 */
export function isLong(save) {
  return save === "conversation" || save === "page";
}

export { captureView };

/** @satisfies {Readonly<Record<LongSave, unknown>>} */
export const CAPTURES = Object.freeze({
  conversation: captureConversation, page: captureWholePage,
});
