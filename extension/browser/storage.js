// What is remembered while the browser runs: which tab the Handrail button was last pressed on.
//
// It lives in the browser's memory (storage.session), never on the disk, and holds three numbers:
// the tab, its window, and when it was pressed. No address, no title.

/** @typedef {{ tabId: number, windowId: number }} ChosenTab */

const NAME = "tab";

/**
 * Remember a press of the button. The time makes every press a change, so that the panel is told
 * of a second one on the same tab too.
 * @param {ChosenTab} tab
 */
export async function rememberTab({ tabId, windowId }) {
  await chrome.storage.session.set({ [NAME]: { tabId, windowId, at: Date.now() } });
}

/** @returns {Promise<ChosenTab | null>} */
export async function readChosenTab() {
  const kept = await chrome.storage.session.get(NAME);
  return /** @type {ChosenTab | undefined} */ (kept[NAME]) ?? null;
}

/**
 * Be told when the button is pressed again, here or on another tab.
 * @param {(tab: ChosenTab) => void} react
 */
export function onTabChosen(react) {
  chrome.storage.session.onChanged.addListener((changes) => {
    const tab = /** @type {ChosenTab | undefined} */ (changes[NAME]?.newValue);
    if (tab) {
      react(tab);
    }
  });
}
