// A tab and the page in it: runs the scripts of inject/ there, and notices when the tab is left.
//
// It needs the leave that a press of the Handrail button gives (activeTab), and turns every refusal
// of the browser into one of our codes. What to do with the page is decided in engine/.

import { HandrailError } from "../core/errors.js";
import { checkThere, watchPage, whileThere } from "./page-gone.js";
import { insertSheet, readSheets, removeSheets } from "./sheet.js";

/**
 * @import {
 *   Box, HidingReport, MarkEdge, MarkPlace, OtherPictures, PageCopy, PagePlace, PageReading, Place,
 *   Pointed, Showing, Subject, TileBefore, TileReading,
 * } from "../inject/inject.js"
 */
/** @import { ChosenTab } from "./storage.js" */

/**
 * A page that Handrail may read.
 * @typedef {object} OpenPage
 * @property {() => Promise<PageReading>} read
 * @property {(showing?: Showing | null) => Promise<HidingReport>} hide all, or all but the picture that
 *   was pointed at
 * @property {() => Promise<HidingReport>} verify
 * @property {(bits: readonly number[]) => Promise<MarkPlace>} showMark
 * @property {() => Promise<boolean>} removeMark
 * @property {() => Promise<PageCopy>} copy
 * @property {() => Promise<Subject>} readSubject
 * @property {() => Promise<number>} markHeight in CSS pixels
 * @property {(wish: { bits: readonly number[], edge: MarkEdge, box: Box, rows: boolean }) =>
 *   Promise<TileBefore>}
 *   beforeTile hide again, show the mark, and read where everything stands
 * @property {(wish: { box: Box, rows: boolean }) => Promise<TileReading>} afterTile
 * @property {() => Promise<boolean>} pickScroller let the person point at the conversation
 * @property {() => Promise<{ picture: Pointed | null, found: number }>} pickPicture let the person
 *   point at one picture, while all are hidden for pointing
 * @property {() => Promise<OtherPictures>} readOtherPictures
 * @property {() => Promise<void>} stopPicking
 * @property {() => Promise<boolean>} isAway whether nobody can see it
 * @property {() => Promise<boolean>} findScroller whether there is a part that scrolls
 * @property {() => Promise<boolean>} isFrame whether most of what it shows is another page
 * @property {() => Promise<Place>} beginSteps
 * @property {(share: number, quiet: number) => Promise<Place>} step
 * @property {(quiet: number) => Promise<Place>} lookWhere
 * @property {(direction: number) => Promise<Place>} rebase
 * @property {() => Promise<Place>} goBack
 * @property {() => Promise<PagePlace>} beginPage find what scrolls, and where it is
 * @property {(top: number) => Promise<PagePlace>} goTo go to a place of the page, and let it rest
 * @property {(longest: number) => Promise<PagePlace>} loadAll go down once and back to the top
 * @property {() => Promise<void>} restore show the page as it was; never throws
 */

export { checkThere };

/** From the root: Firefox takes other paths as beginning where the panel's own document lies. */
const SCRIPTS = [
  "/inject/dom.js", "/inject/imagery.js", "/inject/our-changes.js", "/inject/shown-picture.js",
  "/inject/stand-ins.js", "/inject/hide-pictures.js", "/inject/fresh-mark.js",
  "/inject/read-page.js", "/inject/copy-page.js", "/inject/profile.js", "/inject/lines.js",
  "/inject/tile-reading.js", "/inject/scroller.js", "/inject/picking.js", "/inject/overlays.js",
  "/inject/rows.js", "/inject/steps.js", "/inject/whole-page.js",
];

/** Say what makes the captures of this browser. */
export function readMaker() {
  return {
    extension: chrome.runtime.getManifest().version,
    browser: navigator.userAgent,
    platform: navigator.platform,
    languages: [...navigator.languages],
  };
}

/**
 * Put our scripts into the page of a tab.
 * @param {ChosenTab} tab
 * @returns {Promise<OpenPage>}
 */
export async function openPage({ tabId }) {
  const sheets = await readSheets();
  /** @type {chrome.runtime.Port | null} */
  let line = null;
  await allowed(tabId, () => chrome.scripting.executeScript(
    { target: { tabId }, files: SCRIPTS, injectImmediately: true }));
  const stopWatching = watchPage(tabId);

  return {
    read: () => run(tabId, "page-changed", () => globalThis.handrail.readPage()),
    copy: () => run(tabId, "page-changed", () => globalThis.handrail.copyPage()),
    readSubject: () => run(tabId, "page-changed", () => globalThis.handrail.readSubject()),
    async hide(showing = null) {
      const sheet = sheets[showing ?? "file"];
      await allowed(tabId, () => removeSheets(tabId, sheets));
      const there = await run(tabId, "pictures-not-hidden",
        (/** @type {string} */ css, /** @type {Showing | null} */ wanted) => (
          globalThis.handrail.hiding.prepare(css, wanted)), sheet.css, showing);
      if (!there) {
        throw new HandrailError("picture-gone");
      }
      await allowed(tabId, () => insertSheet(tabId, sheet));
      // While this line is held the page stays hidden; when the panel closes it is shown again.
      line ??= chrome.tabs.connect(tabId, { name: "handrail-hiding", frameId: 0 });
      return run(tabId, "pictures-not-hidden", () => globalThis.handrail.hiding.hide());
    },
    verify: () => run(tabId, "pictures-not-hidden", () => globalThis.handrail.hiding.verify()),
    showMark: (bits) => run(tabId, "pictures-not-hidden",
      (/** @type {readonly number[]} */ fields) => globalThis.handrail.mark.show(fields), bits),
    removeMark: () => run(tabId, "pictures-not-hidden",
      () => globalThis.handrail.mark.remove().then(() => true)),
    markHeight: () => run(tabId, "page-changed", () => globalThis.handrail.mark.height()),
    beforeTile: (wish) => run(tabId, "page-changed",
      (/** @type {typeof wish} */ asked) => globalThis.handrail.tiles.before(asked), wish),
    afterTile: (wish) => run(tabId, "page-changed",
      (/** @type {typeof wish} */ asked) => globalThis.handrail.tiles.after(asked), wish),
    pickScroller: () => whilePicking(tabId, () => (
      run(tabId, "page-changed", () => globalThis.handrail.picking.pick()))),
    pickPicture: () => whilePicking(tabId, () => (
      run(tabId, "page-changed", () => globalThis.handrail.picking.pickPicture()))),
    readOtherPictures: () => run(tabId, "pictures-not-hidden",
      () => globalThis.handrail.shownPicture.places()),
    isAway: () => run(tabId, "page-changed", () => document.visibilityState === "hidden"),
    stopPicking: () => quietly(run(tabId, "page-changed", () => {
      globalThis.handrail.picking.stop();
      return true;
    })),
    findScroller: () => run(tabId, "page-changed", () => globalThis.handrail.scroller.choose()),
    isFrame: () => run(tabId, "page-changed", () => globalThis.handrail.scroller.isFrame()),
    beginSteps: () => run(tabId, "page-changed", () => globalThis.handrail.steps.begin()),
    step: (share, quiet) => run(tabId, "page-changed",
      (/** @type {number} */ part, /** @type {number} */ rest) => (
        globalThis.handrail.steps.step(part, rest)), share, quiet),
    lookWhere: (quiet) => run(tabId, "page-changed",
      (/** @type {number} */ rest) => globalThis.handrail.steps.look(rest), quiet),
    rebase: (direction) => run(tabId, "page-changed",
      (/** @type {number} */ way) => globalThis.handrail.steps.rebase(way), direction),
    goBack: () => run(tabId, "page-changed", () => globalThis.handrail.steps.goBack()),
    beginPage: () => run(tabId, "page-changed", () => globalThis.handrail.wholePage.begin()),
    goTo: (top) => run(tabId, "page-changed",
      (/** @type {number} */ where) => globalThis.handrail.wholePage.goTo(where), top),
    loadAll: (longest) => run(tabId, "page-changed",
      (/** @type {number} */ most) => globalThis.handrail.wholePage.loadAll(most), longest),
    async restore() {
      // Each step may fail on its own when the page is gone; the others are tried all the same.
      await quietly(run(tabId, "page-changed", () => {
        globalThis.handrail.hiding.restore();
        return true;
      }));
      await quietly(removeSheets(tabId, sheets).then(() => run(tabId, "page-changed", () => {
        globalThis.handrail.hiding.forget();
        return true;
      })));
      line?.disconnect();
      line = null;
      stopWatching();
    },
  };
}

/**
 * Let the person point. When the panel closes the line ends, and the page is no longer pointed at.
 * @template T
 * @param {number} tabId
 * @param {() => Promise<T>} pick
 * @returns {Promise<T>}
 */
async function whilePicking(tabId, pick) {
  const line = chrome.tabs.connect(tabId, { name: "handrail-picking", frameId: 0 });
  try {
    return await pick();
  } finally {
    line.disconnect();
  }
}

/**
 * Be sure that a tab is the one that is shown.
 * @param {ChosenTab} tab
 */
export async function checkShown({ tabId, windowId }) {
  const tab = await chrome.tabs.get(tabId).catch(() => null);
  if (!tab?.active || tab.windowId !== windowId) {
    throw new HandrailError("tab-changed");
  }
}

/**
 * Notice when another tab comes to the front, however shortly.
 * @param {ChosenTab} tab
 * @returns {{ check: () => void, forget: () => void, stop: () => void }} check throws once the tab
 *   was left, until that is forgotten
 */
export function watchTab({ tabId, windowId }) {
  let left = false;
  /** @param {{ tabId: number, windowId: number }} shown */
  const react = (shown) => {
    left ||= shown.windowId === windowId && shown.tabId !== tabId;
  };
  chrome.tabs.onActivated.addListener(react);
  return {
    check() {
      if (left) {
        throw new HandrailError("tab-changed");
      }
    },
    forget() {
      left = false;
    },
    stop: () => chrome.tabs.onActivated.removeListener(react),
  };
}

/**
 * Run a function in the page, in our isolated world.
 * @template {unknown[]} A
 * @template R
 * @param {number} tabId
 * @param {string} code the error when the page gives no answer
 * @param {(...given: A) => R} func
 * @param {A} given
 * @returns {Promise<Awaited<R>>}
 */
async function run(tabId, code, func, ...given) {
  const [answer] = await allowed(tabId, () => whileThere(tabId, chrome.scripting.executeScript({
    target: { tabId },
    func: /** @type {() => void} */ (/** @type {unknown} */ (func)),
    args: given,
    injectImmediately: true,
  })));
  // A function that throws in the page answers with nothing: our scripts are gone with the old page,
  // or the page is such that they cannot do their work.
  if (answer?.result === undefined || answer.result === null) {
    if (await isOfTheBrowser(tabId)) {
      throw new HandrailError("page-not-readable");
    }
    await checkThere({ tabId });
    throw new HandrailError(code);
  }
  return /** @type {Awaited<R>} */ (answer.result);
}

/**
 * Do something that the browser may refuse, and say what the refusal means.
 * @template T
 * @param {number} tabId
 * @param {() => Promise<T>} action
 * @param {number} [patience] how often to ask again when the leave is there and has not yet reached
 *   the page
 * @returns {Promise<T>}
 */
async function allowed(tabId, action, patience = 4) {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof HandrailError) {
      throw cause;
    }
    const tab = await chrome.tabs.get(tabId).catch(() => null);
    if (!tab) {
      throw new HandrailError("tab-changed", cause);
    }
    if (patience > 0 && tab.url !== undefined && /must request permission/.test(String(cause))) {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
      return allowed(tabId, action, patience - 1);
    }
    if (/frame .*(?:was removed|not found)|no frame/i.test(String(cause))) {
      throw new HandrailError("page-changed", cause);
    }
    // The leave ends with the page that it was for.
    await checkThere({ tabId });
    if (/[a-z]+:\/\/ URL|cannot be scripted|extensions gallery/.test(String(cause))) {
      throw new HandrailError("page-not-readable", cause);
    }
    // Without the leave, the browser hides the address of a tab.
    throw new HandrailError(tab.url === undefined ? "permission-lost" : "page-not-readable", cause);
  }
}

/**
 * Tell whether a tab shows a page of the browser itself, such as about:addons. Firefox lets us ask
 * there and answers with nothing; Chromium refuses.
 * @param {number} tabId
 */
async function isOfTheBrowser(tabId) {
  const tab = await chrome.tabs.get(tabId).catch(() => null);
  return /^(?:about|chrome|resource|view-source|moz-extension):/.test(tab?.url ?? "");
}

/** @param {Promise<unknown>} promise */
async function quietly(promise) {
  await promise.catch(() => undefined);
}
