// The address of a tab, as far as the browser tells it: after a press of the Handrail button, and
// until the tab goes elsewhere. Nothing is asked of the page.

/** @import { ChosenTab } from "./storage.js" */

/**
 * @param {ChosenTab} tab
 * @returns {Promise<string>} nothing where the browser keeps it to itself
 */
export async function readTabAddress({ tabId }) {
  const tab = await chrome.tabs.get(tabId).catch(() => null);
  return tab?.url ?? "";
}
