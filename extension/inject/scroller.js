// Finds the part of a page in which a conversation scrolls: in the document or in a shadow root, or
// the document itself. What the person pointed at (picking.js) comes before what is found.

(() => {
  const { dom, imagery } = globalThis.handrail;
  if (globalThis.handrail.scroller) {
    return;
  }

  /** What scrolls less than this is not a conversation. */
  const LEAST = { width: 200, height: 150, hidden: 40 };

  const scrollingElement = dom.reader(Document.prototype, "scrollingElement");
  const inner = {
    width: dom.reader(Element.prototype, "clientWidth"),
    height: dom.reader(Element.prototype, "clientHeight"),
    left: dom.reader(Element.prototype, "clientLeft"),
    top: dom.reader(Element.prototype, "clientTop"),
    whole: dom.reader(Element.prototype, "scrollHeight"),
  };

  /** @type {Element | null} */
  let chosen = null;
  /** Whether the person pointed at it. */
  let pointed = false;

  /** @param {Element} element */
  function scrolls(element) {
    const height = inner.height(element);
    return inner.width(element) >= LEAST.width && height >= LEAST.height
      && inner.whole(element) > height + LEAST.hidden
      && (element === pageScroller() || /auto|scroll|overlay/.test(getComputedStyle(element).overflowY));
  }

  function pageScroller() {
    return scrollingElement(document);
  }

  /** What of an element the window shows. @param {Element} element @returns {import("./inject.js").Box} */
  function boxOf(element) {
    if (element === pageScroller()) {
      return { left: 0, top: 0, width: inner.width(element), height: window.innerHeight };
    }
    const outer = dom.box(element);
    const scale = outer.width / (/** @type {HTMLElement} */ (element).offsetWidth || outer.width) || 1;
    const left = Math.max(0, Math.ceil(outer.left + inner.left(element) * scale));
    const top = Math.max(0, Math.ceil(outer.top + inner.top(element) * scale));
    const right = Math.floor(outer.left + (inner.left(element) + inner.width(element)) * scale);
    const bottom = Math.floor(outer.top + (inner.top(element) + inner.height(element)) * scale);
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
    for (let at = /** @type {Element | null} */ (element); at; at = dom.above(at)) {
      if (/^(?:nav|aside)$/.test(dom.name(at))
        || /^(?:navigation|complementary)$/.test(dom.attribute(at, "role") ?? "")) {
        return true;
      }
    }
    return false;
  }

  globalThis.handrail.scroller = {
    choose() {
      if (pointed && chosen && dom.isConnected(chosen) && scrolls(chosen)) {
        return true;
      }
      pointed = false;
      const page = pageScroller();
      const found = dom.everyRoot().flatMap((root) => dom.all(root))
        .filter((element) => element === page || dom.name(element) !== "body")
        .filter(scrolls).map((element) => ({ element, points: score(element) }))
        .filter(({ points }) => points > 0).sort((one, other) => other.points - one.points);
      chosen = found[0]?.element ?? null;
      return chosen !== null;
    },
    element: () => (chosen && dom.isConnected(chosen) ? chosen : null),
    isPage: () => chosen !== null && chosen === pageScroller(),
    isFrame: () => dom.everyRoot().flatMap((root) => dom.all(root))
      .filter((one) => imagery.isFrame(one) && dom.isLaidOut(one)).map(boxOf)
      .some(({ width, height }) => width * height > window.innerWidth * window.innerHeight / 2),
    box: () => (chosen ? boxOf(chosen) : { left: 0, top: 0, width: 0, height: 0 }),
    around(element) {
      for (let at = /** @type {Element | null} */ (element); at; at = dom.above(at)) {
        if (scrolls(at)) {
          return at;
        }
      }
      return null;
    },
    page: pageScroller,
    take(element) {
      chosen = element;
    },
    point(element) {
      chosen = element;
      pointed = true;
    },
  };
})();
