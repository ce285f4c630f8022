// Data files of the extension itself: the catalogue of words, the advice, the helplines.
//
// They lie inside the extension; reading one goes over no network.

/**
 * Read a JSON file.
 * @param {string} path from the root of the extension
 * @returns {Promise<unknown>}
 */
export async function readOwnFile(path) {
  const response = await fetch(chrome.runtime.getURL(path));
  return response.json();
}

/** The version that the manifest states. */
export function ownVersion() {
  return chrome.runtime.getManifest().version;
}
