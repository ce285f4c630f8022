// Lets the person point at the conversation: what scrolls under the mouse is framed, a click takes it,
// Escape takes nothing. Neither reaches the page.

(() => {
  const { dom } = globalThis.handrail;
  if (globalThis.handrail.picking) {
    return;
  }

  const SWALLOWED = [
    "click", "auxclick", "dblclick", "contextmenu", "mousedown", "mouseup", "pointerdown", "pointerup",
    "touchstart", "touchend",
  ];

  /** @type {((answer: boolean) => void) | null} */
  let answer = null;
  /** @type {HTMLElement | null} */
  let frame = null;

  /** @param {Event} event */
  function scrollerUnder(event) {
    const target = event.composedPath()[0];
    return target instanceof Element ? globalThis.handrail.scroller.around(target) : null;
  }

  /** @param {Event} event */
  function onMove(event) {
    const found = scrollerUnder(event);
    if (frame) {
      const { left, top, width, height } = found
        ? dom.box(found) : { left: 0, top: 0, width: 0, height: 0 };
      const shown = {
        display: found ? "block" : "none", left: `${Math.max(0, left)}px`,
        top: `${Math.max(0, top)}px`, width: `${Math.min(width, window.innerWidth)}px`,
        height: `${Math.min(height, window.innerHeight)}px`,
      };
      for (const [name, value] of Object.entries(shown)) {
        frame.style.setProperty(name, value, "important");
      }
    }
  }

  /** @param {Event} event */
  function onPress(event) {
    swallow(event);
    const found = event.type === "click" && event.isTrusted ? scrollerUnder(event) : null;
    if (found) {
      globalThis.handrail.scroller.point(found);
      finish(true);
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape" && event.isTrusted) {
      swallow(event);
      finish(false);
    }
  }

  /** @param {Event} event */
  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {boolean} given */
  function finish(given) {
    SWALLOWED.forEach((name) => window.removeEventListener(name, onPress, true));
    window.removeEventListener("mousemove", onMove, true);
    window.removeEventListener("keydown", onKey, true);
    frame?.remove();
    frame = null;
    answer?.(given);
    answer = null;
  }

  /** @returns {Promise<boolean>} whether something was pointed at */
  function pick() {
    finish(false);
    frame = /** @type {HTMLElement} */ (
      document.createElementNS("http://www.w3.org/1999/xhtml", "div"));
    const look = {
      all: "initial", display: "none", position: "fixed", margin: "0", "box-sizing": "border-box",
      border: "4px solid #0b6e6e", background: "rgba(11, 110, 110, 0.12)", "pointer-events": "none",
      "z-index": "2147483647",
    };
    for (const [name, value] of Object.entries(look)) {
      frame.style.setProperty(name, value, "important");
    }
    frame.setAttribute("popover", "manual");
    dom.page()?.append(frame);
    frame.showPopover();
    SWALLOWED.forEach((name) => (
      window.addEventListener(name, onPress, { capture: true, passive: false })));
    window.addEventListener("mousemove", onMove, true);
    window.addEventListener("keydown", onKey, true);
    return new Promise((resolve) => {
      answer = resolve;
    });
  }

  // A panel that is closed points at nothing any more.
  // eslint-disable-next-line no-restricted-globals -- the only way to notice a closed panel
  chrome.runtime.onConnect.addListener((line) => {
    if (line.name === "handrail-picking") {
      line.onDisconnect.addListener(() => finish(false));
    }
  });

  globalThis.handrail.picking = { pick, stop: () => finish(false) };
})();
