// Finds the part of a page in which a conversation scrolls: in the document or in a shadow root, or
// the document itself. What the person pointed at (picking.js) comes before what is found.

(() => {
  const { dom } = globalThis.handrail;
  if (globalThis.handrail.scroller) {
    return;
  }

  /** What scrolls less than this is not a conversation. */
  const LEAST = { width: 200, height: 150, hidden: 40 };

  /** @type {Element | null} */
  let chosen = null;

  /** @param {Element} element */
  function scrolls(element) {
    const { clientWidth, clientHeight, scrollHeight } = measured(element);
    return clientWidth >= LEAST.width && clientHeight >= LEAST.height
      && scrollHeight > clientHeight + LEAST.hidden
      && (element === pageScroller() || /auto|scroll|overlay/.test(getComputedStyle(element).overflowY));
  }

  /** Sizes, read through the prototype: a form answers to the names of its fields. @param {Element} element */
  function measured(element) {
    /** @param {"clientWidth" | "clientHeight" | "scrollHeight" | "clientLeft" | "clientTop"} name */
    const read = (name) => /** @type {number} */ (Reflect.apply(
      /** @type {() => number} */ (Object.getOwnPropertyDescriptor(Element.prototype, name)?.get),
      element, []));
    return {
      clientWidth: read("clientWidth"), clientHeight: read("clientHeight"),
      scrollHeight: read("scrollHeight"), clientLeft: read("clientLeft"), clientTop: read("clientTop"),
    };
  }

  function pageScroller() {
    const getter = Object.getOwnPropertyDescriptor(Document.prototype, "scrollingElement")?.get;
    return /** @type {Element | null} */ (getter ? Reflect.apply(getter, document, []) : null);
  }

  /** What of an element the window shows. @param {Element} element @returns {import("./inject.js").Box} */
  function boxOf(element) {
    const { clientWidth, clientHeight, clientLeft, clientTop } = measured(element);
    if (element === pageScroller()) {
      return { left: 0, top: 0, width: clientWidth, height: window.innerHeight };
    }
    const outer = dom.box(element);
    const scale = outer.width / (/** @type {HTMLElement} */ (element).offsetWidth || outer.width) || 1;
    const left = Math.max(0, Math.ceil(outer.left + clientLeft * scale));
    const top = Math.max(0, Math.ceil(outer.top + clientTop * scale));
    const right = Math.floor(outer.left + (clientLeft + clientWidth) * scale);
    const bottom = Math.floor(outer.top + (clientTop + clientHeight) * scale);
    return {
      left, top,
      width: Math.max(0, Math.min(right, window.innerWidth) - left),
      height: Math.max(0, Math.min(bottom, window.innerHeight) - top),
    };
  }

  /** How likely an element is the conversation. @param {Element} element */
  function score(element) {
    const { left, top, width, height } = boxOf(element);
    if (width < LEAST.width || height < LEAST.height) {
      return 0;
    }
    const [x, y] = [window.innerWidth / 2, window.innerHeight / 2];
    const central = left <= x && left + width >= x && top <= y && top + height >= y;
    const aside = isAside(element);
    // A page that scrolls around its conversation is only taken when there is no better part.
    const whole = element === pageScroller() ? 0.3 : 1;
    return width * height * (central ? 2 : 1) * (aside ? 0.3 : 1) * whole;
  }

  /** @param {Element} element */
  function isAside(element) {
    for (let at = /** @type {Element | null} */ (element); at; at = above(at)) {
      if (/^(?:nav|aside)$/.test(dom.name(at))
        || /^(?:navigation|complementary)$/.test(dom.attribute(at, "role") ?? "")) {
        return true;
      }
    }
    return false;
  }

  /** The element around another one, out of a shadow root too. @param {Node} node @returns {Element | null} */
  function above(node) {
    const parent = /** @type {Node | null} */ (Reflect.apply(
      /** @type {() => Node | null} */ (
        Object.getOwnPropertyDescriptor(Node.prototype, "parentNode")?.get), node, []));
    if (parent instanceof ShadowRoot) {
      return parent.host;
    }
    return parent instanceof Element ? parent : null;
  }

  function isConnected() {
    return chosen !== null && dom.rootOf(chosen) !== chosen
      && /** @type {boolean} */ (Reflect.apply(/** @type {() => boolean} */ (
        Object.getOwnPropertyDescriptor(Node.prototype, "isConnected")?.get), chosen, []));
  }

  /** @type {import("./inject.js").Scroller & { pointed: boolean }} */
  const scroller = {
    pointed: false,
    choose() {
      if (scroller.pointed && chosen && isConnected() && scrolls(chosen)) {
        return true;
      }
      scroller.pointed = false;
      const page = pageScroller();
      const found = dom.everyRoot().flatMap((root) => dom.all(root))
        .filter((element) => element === page || dom.name(element) !== "body")
        .filter(scrolls).map((element) => ({ element, points: score(element) }))
        .filter(({ points }) => points > 0).sort((one, other) => other.points - one.points);
      chosen = found[0]?.element ?? null;
      return chosen !== null;
    },
    element: () => (isConnected() ? chosen : null),
    isPage: () => chosen !== null && chosen === pageScroller(),
    box: () => (chosen ? boxOf(chosen) : { left: 0, top: 0, width: 0, height: 0 }),
    around(element) {
      for (let at = /** @type {Element | null} */ (element); at; at = above(at)) {
        if (scrolls(at)) {
          return at;
        }
      }
      return null;
    },
    above,
    take(element) {
      chosen = element;
    },
    point(element) {
      chosen = element;
      scroller.pointed = true;
    },
  };
  globalThis.handrail.scroller = scroller;
})();
