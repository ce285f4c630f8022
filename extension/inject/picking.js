// Lets the person point at something in the page: at the conversation, or at one picture. What would
// be taken is framed, a click takes it, Escape takes nothing; for pictures also Tab and Enter. None of
// them reaches the page.
//
// What can be pointed at is decided in scroller.js and shown-picture.js.

(() => {
  const { dom } = globalThis.handrail;
  if (globalThis.handrail.picking) {
    return;
  }

  const SWALLOWED = [
    "click", "auxclick", "dblclick", "contextmenu", "mousedown", "mouseup", "pointerdown", "pointerup",
    "touchstart", "touchend",
  ];
  /** How often it is looked again which pictures there are, in milliseconds. */
  const AGAIN = 300;

  /**
   * What is pointed at.
   * @typedef {object} Aim
   * @property {(event: Event) => Element | null} under
   * @property {(element: Element) => void} take
   * @property {() => readonly Element[]} all what is framed from the start
   */

  /** @type {Aim | null} */
  let aim = null;
  /** @type {((given: boolean) => void) | null} */
  let answer = null;
  /** The frame of what would be taken. @type {HTMLElement | null} */
  let frame = null;
  /** @type {Element | null} */
  let framed = null;
  /** The frames of all that could be. @type {Map<Element, HTMLElement>} */
  let others = new Map();
  let looking = 0;

  // ---------------------------------------------------------------- frames

  /** @param {Record<string, string>} look */
  function makeFrame(look) {
    const made = /** @type {HTMLElement} */ (
      document.createElementNS("http://www.w3.org/1999/xhtml", "div"));
    style(made, {
      all: "initial", display: "none", position: "fixed", margin: "0", "box-sizing": "border-box",
      "pointer-events": "none", "z-index": "2147483647", ...look,
    });
    made.setAttribute("popover", "manual");
    made.setAttribute("data-handrail-frame", "");
    dom.page()?.append(made);
    made.showPopover();
    return made;
  }

  /** @param {HTMLElement} one @param {Record<string, string>} values */
  function style(one, values) {
    for (const [name, value] of Object.entries(values)) {
      one.style.setProperty(name, value, "important");
    }
  }

  /** Put a frame around an element, or nowhere. @param {HTMLElement} one @param {Element | null} element */
  function put(one, element) {
    const { left, top, width, height } = element
      ? dom.box(element) : { left: 0, top: 0, width: 0, height: 0 };
    style(one, {
      display: element ? "block" : "none", left: `${Math.max(0, left)}px`,
      top: `${Math.max(0, top)}px`, width: `${Math.min(width, window.innerWidth)}px`,
      height: `${Math.min(height, window.innerHeight)}px`,
    });
  }

  /** @param {Element | null} element */
  function putFrame(element) {
    framed = element;
    if (frame) {
      put(frame, element);
    }
  }

  /** Frame what can be pointed at now, below the one frame that moves. */
  function frameAll() {
    const all = new Set(aim?.all() ?? []);
    for (const [element, one] of others) {
      if (!all.has(element)) {
        one.remove();
        others.delete(element);
      }
    }
    for (const element of all) {
      if (!others.has(element)) {
        others.set(element, makeFrame({
          border: "2px solid #0b6e6e", outline: "1px solid #fff", "outline-offset": "0",
        }));
      }
    }
    onScroll();
  }

  function onScroll() {
    others.forEach((one, element) => put(one, element));
    putFrame(framed && others.has(framed) ? framed : null);
  }

  /** Whether an element is a frame of ours. @param {Element} element */
  function owns(element) {
    return element === frame || [...others.values()].some((one) => one === element);
  }

  // ---------------------------------------------------------------- what the person does

  /** @param {Event} event */
  function onMove(event) {
    putFrame(aim?.under(event) ?? null);
  }

  /** @param {Event} event */
  function onPress(event) {
    swallow(event);
    const found = event.type === "click" && event.isTrusted ? aim?.under(event) : null;
    if (found) {
      take(found);
    }
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (!event.isTrusted) {
      return;
    }
    if (event.key === "Escape") {
      swallow(event);
      finish(false);
    } else if (event.key === "Tab" && others.size > 0) {
      swallow(event);
      const all = [...others.keys()];
      const at = framed ? all.indexOf(framed) : event.shiftKey ? 0 : -1;
      putFrame(all[(at + (event.shiftKey ? -1 : 1) + all.length) % all.length] ?? null);
    } else if (event.key === "Enter" && framed && others.has(framed)) {
      swallow(event);
      take(framed);
    }
  }

  /** @param {Event} event */
  function swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {Element} element */
  function take(element) {
    aim?.take(element);
    finish(true);
  }

  // ---------------------------------------------------------------- from the first frame to the last

  /** @param {boolean} given */
  function finish(given) {
    SWALLOWED.forEach((name) => window.removeEventListener(name, onPress, true));
    window.removeEventListener("mousemove", onMove, true);
    window.removeEventListener("keydown", onKey, true);
    window.removeEventListener("scroll", onScroll, true);
    clearInterval(looking);
    frame?.remove();
    others.forEach((one) => one.remove());
    others = new Map();
    [aim, frame, framed] = [null, null, null];
    answer?.(given);
    answer = null;
  }

  /** @param {Aim} wanted @returns {Promise<boolean>} whether something was pointed at */
  function begin(wanted) {
    finish(false);
    aim = wanted;
    frameAll();
    frame = makeFrame({ border: "5px solid #0b6e6e", background: "rgba(11, 110, 110, 0.2)" });
    SWALLOWED.forEach((name) => (
      window.addEventListener(name, onPress, { capture: true, passive: false })));
    window.addEventListener("mousemove", onMove, true);
    window.addEventListener("keydown", onKey, true);
    return new Promise((resolve) => {
      answer = resolve;
    });
  }

  /** @returns {Promise<boolean>} whether something was pointed at */
  function pick() {
    const { scroller } = globalThis.handrail;
    return begin({
      under(event) {
        const target = event.composedPath()[0];
        return target instanceof Element ? scroller.around(target) : null;
      },
      take: scroller.point,
      all: () => [],
    });
  }

  /** Let the person point at one picture. All are hidden, and stay so. */
  async function pickPicture() {
    const { hiding, shownPicture } = globalThis.handrail;
    const found = shownPicture.candidates().length;
    if (found === 0) {
      return { picture: null, found };
    }
    /** @type {import("./inject.js").Pointed | null} */
    let picture = null;
    const picking = begin({
      // Of those that lie on each other the smallest: each can be reached.
      under(event) {
        const { clientX: x, clientY: y } = /** @type {MouseEvent} */ (event);
        return [...others.keys()].map((element) => ({ element, box: dom.box(element) }))
          .filter(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)
          .sort((one, other) => one.box.width * one.box.height - other.box.width * other.box.height)
          .at(0)?.element ?? null;
      },
      take(element) {
        picture = shownPicture.point(element);
      },
      all: shownPicture.candidates,
    });
    window.addEventListener("scroll", onScroll, true);
    looking = window.setInterval(() => {
      hiding.hear();
      frameAll();
    }, AGAIN);
    await picking;
    return { picture, found };
  }

  // A panel that is closed points at nothing any more.
  // eslint-disable-next-line no-restricted-globals -- the only way to notice a closed panel
  chrome.runtime.onConnect.addListener((line) => {
    if (line.name === "handrail-picking") {
      line.onDisconnect.addListener(() => finish(false));
    }
  });

  globalThis.handrail.picking = { pick, pickPicture, stop: () => finish(false), owns };
})();
