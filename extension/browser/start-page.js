// Brings the start page back when the browser opened it too early.
//
// `handrail run` names the start page on the browser's command line. Chromium opens that tab before
// it has installed the extension, shows an error page, and never tries again (measured: 8 of 8). The
// address is still there, with its one-time code, and the browser tells us the addresses of our own
// pages without any permission. So a tab that should show the start page and does not is reloaded,
// once.

/** @param {string} path the path of the start page inside the extension */
export function reopenStartPage(path) {
  /** @type {Promise<void> | undefined} */
  let reopened;
  const once = () => {
    reopened ??= reopen(chrome.runtime.getURL(path));
  };
  chrome.runtime.onInstalled.addListener(once);
  chrome.runtime.onStartup.addListener(once);
}

/** @param {string} address */
async function reopen(address) {
  if (!chrome.runtime.getContexts) {
    return; // Firefox: there the window is not started this way
  }
  const contexts = await chrome.runtime.getContexts({ contextTypes: ["TAB"] });
  const alive = new Set(contexts.map(({ tabId }) => tabId));
  for (const tab of await chrome.tabs.query({})) {
    const wanted = (tab.url || tab.pendingUrl || "").startsWith(address);
    if (wanted && tab.id !== undefined && !alive.has(tab.id)) {
      await chrome.tabs.reload(tab.id);
    }
  }
}
