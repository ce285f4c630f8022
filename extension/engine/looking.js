// Looking at a tab: takes the browser's picture of it, and is sure which tab it is.
//
// The browser gives the picture of whatever a window shows. So the tab is asked for before and after
// every picture, and a watch notices when another one came to the front in between.

import { HandrailError, codeOf } from "../core/errors.js";

/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { Box } from "../inject/inject.js" */

/** @typedef {typeof import("../browser/tabs.js")} Tabs */
/** @typedef {typeof import("../browser/screenshots.js")} Screenshots */
/** @typedef {{ tabs: Tabs, screenshots: Screenshots }} Doors */
/** @typedef {{ now: () => Date, uptime: () => number }} Clock */
/** @typedef {ReturnType<typeof startLooking>} Looking */
/** @typedef {(sheet?: Box | null) => Promise<Uint8Array<ArrayBuffer>>} Look */

/** How often a picture is asked for again that the browser could not take of a page that is there. */
const AGAIN = 2;

/** @type {Clock} */
export const BROWSER_CLOCK = { now: () => new Date(), uptime: () => performance.now() };

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/**
 * Begin to look at a tab. Whoever begins also calls stop().
 * @param {object} wish
 * @param {ChosenTab} wish.tab
 * @param {Doors} wish.doors
 * @param {AbortSignal | undefined} [wish.signal] the person stops: then nothing is looked at any more
 */
export function startLooking({ tab, doors: { tabs, screenshots }, signal }) {
  const watch = tabs.watchTab(tab);

  /** Stop here if the person did, or if another tab came to the front. */
  async function goOn() {
    if (signal?.aborted) {
      throw new HandrailError("capture-stopped");
    }
    watch.check();
    await tabs.checkShown(tab);
  }

  /**
   * Take a picture. When that fails it is said why: the tab was left, the page went away, or, when
   * neither is so and the browser has failed again and again, that it gives no picture.
   * @type {Look}
   */
  async function shoot(sheet = null) {
    for (let again = 0; ; again += 1) {
      try {
        return await (sheet && screenshots.takeRectangle
          ? screenshots.takeRectangle(tab.windowId, sheet)
          : screenshots.takePicture(tab.windowId));
      } catch (thrown) {
        await goOn();
        await tabs.checkThere(tab);
        if (again === AGAIN || codeOf(thrown, "capture-failed") !== "capture-failed") {
          throw thrown;
        }
      }
    }
  }

  return {
    goOn,
    /**
     * Take a picture, and be sure of which tab it is: of the window or, where the browser can do so,
     * of a sheet of the page, seen or not. @type {Look}
     */
    async look(sheet = null) {
      await goOn();
      const png = await shoot(sheet);
      await goOn();
      return png;
    },
    /** Whether the browser gives a picture of what the window does not show. */
    canTakeSheets: screenshots.takeRectangle !== null,
    /** Whether the tab is in front now. What happened until now is forgotten. */
    isBack: () => tabs.checkShown(tab).then(() => {
      watch.forget();
      return true;
    }, () => false),
    stop: () => watch.stop(),
  };
}
