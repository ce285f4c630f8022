// The two beginnings of the extension: the browser was started, or the extension was installed,
// updated or loaded.

/**
 * Be told of a beginning. To be called in the first turn of the background.
 * @param {() => void} react
 */
export function onBeginning(react) {
  chrome.runtime.onStartup.addListener(react);
  chrome.runtime.onInstalled.addListener(react);
}
