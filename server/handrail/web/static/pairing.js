// Watches for the panel: when a browser asks to be connected, or no longer asks, the page opens anew
// and shows it. Looking also keeps pairing open: it closes by itself soon after this page is left.

const EVERY_MS = 1000;

/**
 * @typedef {object} State
 * @property {string} state
 * @property {string} number the digits, or nothing
 */

/** @returns {Promise<Response | null>} */
async function ask() {
  try {
    return await fetch("/connect/state", { headers: { Accept: "application/json" } });
  } catch {
    return null;
  }
}

/**
 * Ask once, and say whether the page still shows how it is.
 * @param {HTMLElement} $page
 * @returns {Promise<boolean>}
 */
async function isAsShown($page) {
  const answer = await ask();
  if (answer === null) {
    return true; // the service is away for a moment: keep what is shown and ask again
  }
  if (!answer.ok) {
    return false;
  }
  const now = /** @type {State} */ (await answer.json());
  return now.state === $page.dataset["pairing"] && now.number === $page.dataset["number"];
}

/** @param {HTMLElement} $page */
async function watch($page) {
  do {
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY_MS);
    });
  } while (await isAsShown($page));
  location.reload();
}

const $page = document.querySelector("[data-pairing]");
if ($page instanceof HTMLElement) {
  await watch($page);
}
