// The Handrail button: a press opens the panel beside the page, and lets Handrail read that one
// page until it is left (activeTab).
//
// The browser's own `openPanelOnActionClick` is not used: it opens the panel without that leave,
// and nothing could be saved.

/**
 * Open the panel on every press of the button, then report the tab.
 *
 * Opening comes first and in the same turn: browsers allow it only as the direct answer to a press.
 * @param {(tab: { tabId: number, windowId: number }) => void} report
 */
export function onHandrailButton(report) {
  chrome.action.onClicked.addListener((tab) => {
    const { sidePanel, sidebarAction } = /** @type {PanelApis} */ (/** @type {unknown} */ (chrome));
    if (tab.id === undefined) {
      return;
    }
    if (sidePanel) {
      sidePanel.open({ tabId: tab.id });
    } else {
      sidebarAction?.open();
    }
    report({ tabId: tab.id, windowId: tab.windowId });
  });
}

/**
 * Chromium has the one, Firefox the other.
 * @typedef {object} PanelApis
 * @property {{ open: (where: { tabId: number }) => Promise<void> }} [sidePanel]
 * @property {{ open: () => Promise<void>, close: () => Promise<void> }} [sidebarAction]
 */
