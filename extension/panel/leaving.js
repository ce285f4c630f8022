// Leave quickly: blank at once, another page in place of this one, then the panel closes.
//
// One press of the button, or Shift three times within five seconds (as GOV.UK's "exit this page";
// a single key is pressed by mistake too easily, so Escape counts only on the focused button). What
// is being sealed is finished first, behind the blank page: leaving loses nothing that was taken
// while connected.

import { closeFirefoxSidebar, closeWindow, replacePage } from "../browser/leaving.js";

/** @import { Desk } from "./desk.js" */

const TIMES = 3;
const WITHIN = 5_000;

/**
 * Make every way of leaving work.
 * @param {HTMLElement} button
 * @param {Desk} desk
 * @param {string} address of the neutral page
 */
export function makeLeaving(button, desk, address) {
  let left = false;

  async function leave() {
    if (left) {
      return;
    }
    left = true;
    document.documentElement.classList.add("gone");
    document.title = "";
    // A long save ends here; what is kept of it is kept.
    desk.finish();
    const replaced = replacePage(address);
    if (!desk.busy()) {
      // Firefox allows this only in the turn of the press.
      closeFirefoxSidebar();
    }
    await Promise.allSettled([replaced, desk.settled()]);
    closeWindow();
  }

  button.addEventListener("click", leave);
  button.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      leave();
    }
  });
  onThreeShifts(leave);

  // A view that is not kept yet is lost with the panel: the browser asks before it closes.
  window.addEventListener("beforeunload", (event) => {
    if (!left && (desk.busy() || desk.heldCount() > 0)) {
      event.preventDefault();
    }
  });
}

/** @param {() => void} act */
function onThreeShifts(act) {
  /** @type {number[]} */
  let presses = [];
  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift") {
      // Shift with another key is typing, not leaving.
      presses = [];
      return;
    }
    presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
    if (presses.length >= TIMES) {
      act();
    }
  });
}
