// Brings the start page back when the browser opened it too early.
//
// `handrail run` names the start page on the browser's command line. Chromium opens that tab before
// it has installed the extension, shows an error page, and never tries again (measured: 8 of 8). The
// address is still there, with its one-time code, and the browser tells us the addresses of our own
// pages without any permission. So a tab that should show the start page and does not is reloaded,
// once.

import { onBeginning } from "./starting.js";

const LOOKS = 100;
const BETWEEN_LOOKS = 50;

/** @param {string} path the path of the start page inside the extension */
export function reopenStartPage(path) {
  /** @type {Promise<void> | undefined} */
  let reopened;
  onBeginning(() => {
    reopened ??= reopen(chrome.runtime.getURL(path));
  });
}

/** @param {string} address */
async function reopen(address) {
  if (!chrome.runtime.getContexts) {
    return; // Firefox: there the window is not started this way
  }
  for (const { id } of await chrome.tabs.query({})) {
    if (id !== undefined && await showsErrorPage(id, address)) {
      await chrome.tabs.reload(id);
    }
  }
}

/**
 * Tell whether a tab has ended at the address without showing our page. One that is still loading is
 * waited for: loading it twice would use its one-time code twice.
 * @param {number} tabId
 * @param {string} address
 */
async function showsErrorPage(tabId, address) {
  for (let look = 0; look < LOOKS; look += 1) {
    const tab = await chrome.tabs.get(tabId).catch(() => undefined);
    if (!(tab?.url || tab?.pendingUrl || "").startsWith(address)) {
      return false;
    }
    const ours = await chrome.runtime.getContexts({ contextTypes: ["TAB"], tabIds: [tabId] });
    if (ours.length > 0) {
      return false;
    }
    if (tab?.status === "complete") {
      return true;
    }
    await new Promise((done) => { setTimeout(done, BETWEEN_LOOKS); });
  }
  return false;
}
