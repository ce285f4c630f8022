// Looking at a tab: takes the browser's picture of it, and is sure which tab it is.
//
// The browser gives the picture of whatever a window shows. So the tab is asked for before and after
// every picture, and a watch notices when another one came to the front in between.

import { HandrailError } from "../core/errors.js";

/** @import { ChosenTab } from "../browser/storage.js" */

/** @typedef {typeof import("../browser/tabs.js")} Tabs */
/** @typedef {typeof import("../browser/screenshots.js")} Screenshots */
/** @typedef {{ tabs: Tabs, screenshots: Screenshots }} Doors */
/** @typedef {{ now: () => Date, uptime: () => number }} Clock */
/** @typedef {ReturnType<typeof startLooking>} Looking */
/** @typedef {() => Promise<Uint8Array<ArrayBuffer>>} Look */

/** @type {Clock} */
export const BROWSER_CLOCK = { now: () => new Date(), uptime: () => performance.now() };

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

  return {
    goOn,
    /** Take a picture, and be sure of which tab it is. @type {Look} */
    async look() {
      await goOn();
      const png = await screenshots.takePicture(tab.windowId);
      await goOn();
      return png;
    },
    /** Whether the tab is in front now. What happened until now is forgotten. */
    isBack: () => tabs.checkShown(tab).then(() => {
      watch.forget();
      return true;
    }, () => false),
    stop: () => watch.stop(),
  };
}
