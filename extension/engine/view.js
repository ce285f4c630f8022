// Saves one moment of a page: a picture of the window with all imagery hidden, a copy of the text,
// and the facts. A profile is saved in the same way, and says in its facts whose it is.
//
// The page is put back in every ending. Sealing and keeping are engine/seal.js and engine/outbox.js.

import { HandrailError } from "../core/errors.js";
import {
  ONE_MOMENT, beginCapture, exhibitOf, factsExhibit, factsOf, factsOfExhibit, pageExhibit,
} from "./facts.js";
import { takeHidden } from "./hidden.js";
import { BROWSER_CLOCK, startLooking } from "./looking.js";
import { showingOf } from "./one-picture.js";
import { sizeOf } from "./picture.js";

/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { Clock, Doors } from "./looking.js" */
/** @import { Step } from "./hidden.js" */
/** @import { Pointed } from "../inject/inject.js" */

/**
 * @typedef {object} Wish
 * @property {"view" | "profile"} [save]
 * @property {Pointed | null} [shown] the picture that the person pointed at (one-picture.js); on a view
 *   and nowhere else
 * @property {ChosenTab} tab
 * @property {Doors} doors
 * @property {AbortSignal} [signal] the person stops
 * @property {(step: Step) => void} [tell] what is being done now
 * @property {Clock} [clock]
 */

/**
 * Take the view that a tab shows.
 * @param {Wish} wish
 * @throws {HandrailError} pictures-not-hidden, page-not-readable, permission-lost, tab-changed,
 *   page-changed, picture-gone, picture-not-shown, capture-stopped or capture-failed; then nothing was taken
 */
export async function captureView({
  save = "view", shown = null, tab, doors, signal, tell = () => undefined, clock = BROWSER_CLOCK,
}) {
  if (shown !== null && save !== "view") {
    throw new HandrailError("picture-not-shown");
  }
  const started = clock.now();
  const uptime = clock.uptime();
  const looking = startLooking({ tab, doors, signal });
  try {
    await looking.goOn();
    const page = await doors.tabs.openPage(tab);
    try {
      const before = await page.read();
      if (!before.is_html) {
        throw new HandrailError("page-not-readable");
      }
      const begun = beginCapture({ save, before, started, uptime, maker: doors.tabs.readMaker() });
      const { png, count } = await takeHidden(page, looking.look, tell, shown && showingOf(shown));
      tell("text");
      const copy = await page.copy();
      const subject = save === "profile" ? await page.readSubject() : null;
      const after = await page.read();
      await looking.goOn();
      const taken = [exhibitOf(1, "view", png), pageExhibit(2, copy)];
      const facts = factsOf({
        begun, after, picture: sizeOf(png), copy, count, shown, subject, clock,
        completeness: ONE_MOMENT,
        exhibits: await Promise.all(taken.map(factsOfExhibit)),
      });
      return { facts, exhibits: [...taken, factsExhibit(3, facts)] };
    } finally {
      tell("restoring");
      await page.restore();
    }
  } finally {
    looking.stop();
  }
}
