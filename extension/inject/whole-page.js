// Moves through a page from its top to its bottom, to places that are asked for. Unlike a
// conversation a page keeps its place, so the scrolling position says where it is.
//
// The document scrolls, or else the part that scroller.js finds. Waiting until it rests is steps.js, what lies over it is
// overlays.js; they also put it back.

(() => {
  const { scroller } = globalThis.handrail;

  /** How long the page must rest, in milliseconds. */
  const QUIET = 60;

  const scrollingElement = Object.getOwnPropertyDescriptor(
    Document.prototype, "scrollingElement")?.get;

  async function begin() {
    const page = /** @type {Element | null} */ (
      scrollingElement ? Reflect.apply(scrollingElement, document, []) : null);
    if (page && (page.scrollHeight > page.clientHeight || !scroller.choose())) {
      scroller.take(page);
    }
    await globalThis.handrail.steps.begin();
    return goTo(0);
  }

  /** @param {number} top in CSS pixels from the top of what scrolls */
  async function goTo(top) {
    const element = scroller.element();
    if (!element) {
      throw new TypeError("what scrolled is gone");
    }
    element.scrollTo({ top, behavior: "instant" });
    const { box, overlays, away } = await globalThis.handrail.steps.look(QUIET);
    return {
      top: Math.round(element.scrollTop), height: element.scrollHeight, box, overlays, away,
    };
  }

  globalThis.handrail.wholePage = { begin, goTo };
})();
