// Why it does not connect, in one sentence, and what to do about it. What can be told apart is in
// engine/diagnosis.js; the words are in the catalogue under the code.

import * as knocking from "../browser/knocking.js";
import * as privateWindow from "../browser/private-window.js";
import * as service from "../browser/service.js";
import { diagnose } from "../engine/diagnosis.js";
import { make, notice } from "./parts.js";
import { inTurns } from "./turns.js";

/** @import { Context } from "./context.js" */

/** Looking knocks on doors; once in a while is enough. In milliseconds. */
const EVERY = 10_000;

/**
 * Make a place that says what is in the way, once it has looked.
 * @param {Context} context
 * @param {HTMLElement} [instead] what was said before it was known, and is left out then
 * @param {string} [only] say nothing of any other cause than this
 * @returns {{ place: HTMLElement, look: () => void }} look as often as you like
 */
export function troublePlace({ t }, instead, only) {
  const place = make("div", { role: "status", hidden: true });
  let shown = "";
  let last = -Infinity;

  const look = inTurns(async () => {
    if (performance.now() - last < EVERY) {
      return;
    }
    last = performance.now();
    const { code } = await diagnose({ service, knocking, privateWindow });
    if ((code ?? "") === shown || (only !== undefined && code !== only)) {
      return;
    }
    shown = code ?? "";
    place.hidden = code === null;
    instead?.toggleAttribute("hidden", code !== null);
    const key = `panel.trouble_${shown.replaceAll("-", "_")}`;
    place.replaceChildren(...code === null ? []
      : [notice("", "browser", t(key), make("p", {}, t(`${key}_do`)))]);
  });
  return { place, look };
}
