// Keeps the line about a package in the making up to date. The words come from the service.
// Without this script the same page says how far it is when it is opened again.

const EVERY_MS = 700;

/**
 * @typedef {object} Progress
 * @property {string} state "making", or what it became
 * @property {string} words a sentence of the catalogue
 */

/**
 * @param {string} address
 * @returns {Promise<Response | null>}
 */
async function ask(address) {
  try {
    return await fetch(address, { headers: { Accept: "application/json" } });
  } catch {
    return null;
  }
}

/**
 * Ask once, and say whether to ask again.
 * @param {HTMLElement} $line
 * @param {string} address
 * @returns {Promise<boolean>}
 */
async function look($line, address) {
  const answer = await ask(address);
  if (answer === null) {
    return true; // the service is away for a moment: keep what is shown and ask again
  }
  if (!answer.ok) {
    location.reload(); // the page itself says what happened
    return false;
  }
  const progress = /** @type {Progress} */ (await answer.json());
  if (progress.state !== "making") {
    location.reload();
    return false;
  }
  if ($line.textContent !== progress.words) {
    $line.textContent = progress.words;
  }
  return true;
}

/** @param {HTMLElement} $line */
async function follow($line) {
  const address = $line.dataset["progress"] ?? "";
  while (await look($line, address)) {
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY_MS);
    });
  }
}

const $line = document.querySelector("[data-progress]");
if ($line instanceof HTMLElement) {
  await follow($line);
}
