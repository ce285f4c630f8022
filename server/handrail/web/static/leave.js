// Leave quickly: the page is empty at once, and a neutral one takes its place in the history.
//
// Without this script the button is a plain link. With it: the button, Shift three times, or Escape
// while the button has the focus. Nothing is asked, nothing is waited for. A single key alone would
// be pressed by mistake too easily, so Escape counts only there.

const PRESSES = 3;
const WITHIN_MS = 5000;

/**
 * Make the function that hears keys and says when to leave.
 * @param {() => number} now milliseconds
 * @returns {(key: string, onButton: boolean, repeated: boolean) => boolean} true: leave now
 */
export function makeKeys(now) {
  /** @type {number[]} */
  let presses = [];
  return (key, onButton, repeated) => {
    if (key === "Escape") {
      return onButton;
    }
    if (key !== "Shift") {
      presses = []; // typing a capital letter is not a wish to leave
      return false;
    }
    if (repeated) {
      return false; // a key held down says it many times
    }
    const at = now();
    presses = [...presses.filter((earlier) => at - earlier < WITHIN_MS), at];
    return presses.length >= PRESSES;
  };
}

/**
 * Empty the page and put the neutral one in its place.
 * @param {Document} page
 * @param {string} address
 */
export function leave(page, address) {
  page.documentElement.hidden = true; // first of all: nothing is to be seen while the next page loads
  page.title = "";
  page.body.replaceChildren();
  page.defaultView?.location.replace(address);
}

/** @param {Document} page */
function listen(page) {
  const $button = page.querySelector("a[data-leave]");
  if (!($button instanceof HTMLAnchorElement)) {
    return;
  }
  const address = $button.href;
  const leaves = makeKeys(() => performance.now());
  $button.addEventListener("click", (event) => {
    event.preventDefault();
    leave(page, address);
  });
  page.addEventListener("keydown", (event) => {
    if (leaves(event.key, page.activeElement === $button, event.repeat)) {
      event.preventDefault();
      leave(page, address);
    }
  });
}

listen(document);
