// Whether this page stands in a private window. What that means for a person is said elsewhere.
//
// Measured: in a private window of Firefox pictures can be taken, but the panel's database refuses
// every change (InvalidStateError), so nothing can be kept there, not even a connection.

/**
 * Tell whether this window is private: what is kept in one is gone when it is closed.
 * @returns {Promise<boolean>}
 */
export async function isPrivateWindow() {
  return chrome.extension.inIncognitoContext;
}
