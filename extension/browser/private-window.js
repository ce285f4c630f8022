// Whether this page stands in a private window. What that means for a person is said elsewhere.

/**
 * Tell whether this window is private: what is kept in one is gone when it is closed.
 * @returns {Promise<boolean>}
 */
export async function isPrivateWindow() {
  return chrome.extension.inIncognitoContext;
}
