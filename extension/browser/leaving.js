// Leave quickly, the browser's part: another page in place of the one that is shown, and the panel
// closed. And its opposite: a page in a tab of its own.
//
// The history of the browser is not changed; the panel says so.

/** @import { PanelApis } from "./panel-opening.js" */

/**
 * Put a neutral page in place of the one that is shown. No permission is needed for that.
 * @param {string} address
 */
export async function replacePage(address) {
  await chrome.tabs.update({ url: address });
}

/** Close the panel in Firefox, which allows it only as the direct answer to a press. */
export function closeFirefoxSidebar() {
  const { sidebarAction } = /** @type {PanelApis} */ (/** @type {unknown} */ (chrome));
  sidebarAction?.close();
}

/** Close the panel as any window. */
export function closeWindow() {
  window.close();
}

/**
 * Open an address in a tab of its own.
 * @param {string} address
 */
export async function openTab(address) {
  await chrome.tabs.create({ url: address });
}
