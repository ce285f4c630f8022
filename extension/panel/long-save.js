// A long save: every part is sealed and kept before the next one is taken, so that nothing lies in
// memory and a browser that dies loses nothing that was called kept.
//
// Which parts there are is decided in engine/conversation.js and engine/whole-page.js.

import * as screenshots from "../browser/screenshots.js";
import * as tabs from "../browser/tabs.js";
import { keep } from "../engine/outbox.js";
import { sealCapture } from "../engine/seal.js";
import { CAPTURES } from "./saves.js";

/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { Exhibit } from "../engine/seal.js" */
/** @import { LongSave } from "./saves.js" */
/** @import { ReadFacts } from "./summary.js" */

/**
 * How far a long save is.
 * @typedef {object} Progress
 * @property {string} step "hiding", "checking", "picture", "text", "tiles", "paused" or "restoring"
 * @property {number} tiles pictures that are kept
 * @property {number | null} messages
 * @property {string | null} earliest as the page gives it
 */

/**
 * @param {object} wish
 * @param {LongSave} wish.save
 * @param {ChosenTab} wish.tab
 * @param {string} wish.recipient whom every part is sealed to
 * @param {AbortSignal} wish.signal the person says: stop here and keep it
 * @param {(progress: Progress) => void} wish.tell
 * @param {() => void} wish.kept something new waits to be sent
 * @returns {Promise<{ facts: ReadFacts }>}
 */
export async function saveLong({ save, tab, recipient, signal, tell, kept }) {
  let keptTiles = 0;
  /** @type {Progress} */
  let shown = { step: "hiding", tiles: 0, messages: null, earliest: null };

  /**
   * Say how far it is. What is read but not kept yet is not counted yet.
   * @param {Progress} progress
   */
  function tellKept(progress) {
    shown = progress.tiles <= keptTiles
      ? { ...progress, tiles: keptTiles } : { ...shown, step: progress.step };
    tell(shown);
  }

  /**
   * @param {string} capture
   * @param {readonly Exhibit[]} exhibits
   */
  async function keepParts(capture, exhibits) {
    await keep(await sealCapture(capture, exhibits, recipient, new Date().toISOString()));
    keptTiles += exhibits.filter(({ kind }) => kind === "tile").length;
    tellKept({ ...shown, tiles: keptTiles });
    kept();
  }

  return CAPTURES[save]({
    tab, doors: { tabs, screenshots }, signal, tell: tellKept, keep: keepParts,
  });
}
