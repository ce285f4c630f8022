// Leave quickly, the browser's part: another page in place of this one, and the panel closed.
//
// The history of the browser is not changed; the panel says so.

/** @import { PanelApis } from "./panel-opening.js" */

/**
 * Put a neutral page in place of the one that is shown.
 * @param {string} address
 */
export async function replacePage(address) {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  if (tab?.id !== undefined) {
    await chrome.tabs.update(tab.id, { url: address });
  }
}

/**
 * Close the panel. Firefox closes its sidebar only as the direct answer to a press; Chromium closes
 * the panel like any window.
 */
export function closePanel() {
  const { sidebarAction } = /** @type {PanelApis} */ (/** @type {unknown} */ (chrome));
  sidebarAction?.close();
  window.close();
}

/**
 * Open an address in a tab of its own.
 * @param {string} address
 */
export async function openTab(address) {
  await chrome.tabs.create({ url: address });
}
