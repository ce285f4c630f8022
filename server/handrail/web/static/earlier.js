// Gives the practice chat what makes saving a real one hard: only its latest days are there at first,
// and earlier ones come after a short wait when one scrolls to the top, until the chat begins.
//
// Without this script the whole conversation is there. Nothing is loaded from anywhere: what comes
// later was in the page already. The button before the messages does the same for who does not scroll.

/** How many messages are there at first, and how many come at a time: whole days, at least so many. */
const FIRST = 20;
const AT_A_TIME = 8;
const WAIT_MS = 700;
/** How near the top is near enough, in CSS pixels. */
const NEAR = 60;

/**
 * Take the latest of some days away, whole ones, until there are enough messages.
 * @param {Element[]} days the earlier ones are left in it
 * @param {number} enough
 */
export function takeLatest(days, enough) {
  /** @type {Element[]} */
  const taken = [];
  for (let messages = 0; messages < enough;) {
    const day = days.pop();
    if (day === undefined) {
      break;
    }
    taken.unshift(day);
    messages += day.querySelectorAll("li").length;
  }
  return taken;
}

/** @param {HTMLElement} $log the part that scrolls, with all messages in it */
function follow($log) {
  const $wait = find($log, "[data-wait]");
  const $beginning = find($log, "[data-beginning]");
  const $button = find(document, "[data-earlier]");
  const $said = find(document, "[data-said]");
  const days = [...$log.querySelectorAll("[data-day]")];
  takeLatest(days, FIRST);
  if (days.length === 0) {
    return;
  }
  days.forEach((day) => day.remove());
  [$wait.hidden, $beginning.hidden, $button.hidden] = [false, true, false];
  let isLoading = false;

  /** @param {boolean} pressed */
  function load(pressed) {
    if (isLoading || days.length === 0) {
      return;
    }
    isLoading = true;
    $log.setAttribute("aria-busy", "true");
    $said.textContent = $said.dataset["loading"] ?? "";
    setTimeout(() => arrive(pressed), WAIT_MS);
  }

  /** @param {boolean} pressed */
  function arrive(pressed) {
    const earlier = takeLatest(days, AT_A_TIME);
    $wait.after(...earlier);
    isLoading = false;
    $log.setAttribute("aria-busy", "false");
    $said.textContent = $said.dataset["loaded"] ?? "";
    if (pressed) {
      earlier.at(-1)?.scrollIntoView({ block: "end" });
    }
    if (days.length === 0) {
      end();
    } else {
      // Looked at anew: with a large window the top may be in sight still.
      top.unobserve($wait);
      top.observe($wait);
    }
  }

  function end() {
    top.disconnect();
    [$wait.hidden, $beginning.hidden] = [true, false];
    $said.textContent = $beginning.textContent;
    if (document.activeElement === $button) {
      $log.focus({ preventScroll: true }); // the button goes; the focus stays beside it
    }
    $button.hidden = true;
  }

  const top = new IntersectionObserver((seen) => {
    if (seen.some(({ isIntersecting }) => isIntersecting)) {
      load(false);
    }
  }, { root: $log, rootMargin: `${NEAR}px 0px 0px 0px` });
  top.observe($wait);
  $button.addEventListener("click", () => load(true));
}

/**
 * @param {ParentNode} $within
 * @param {string} selector
 * @returns {HTMLElement}
 */
function find($within, selector) {
  const $found = $within.querySelector(selector);
  if (!($found instanceof HTMLElement)) {
    throw new Error(`the page has no ${selector}`);
  }
  return $found;
}

const $log = document.querySelector("[data-messages]");
if ($log instanceof HTMLElement) {
  follow($log);
}
