// Moves through a page from its top to its bottom, to places that are asked for. Unlike a
// conversation a page keeps its place, so the scrolling position says where it is.
//
// The document scrolls, or else the part that scroller.js finds. Waiting until it rests is steps.js,
// what lies over it is overlays.js; they also put it back.

(() => {
  const { scroller } = globalThis.handrail;

  /** How long the page must rest, in milliseconds; and when it only has to come back. */
  const QUIET = 60;
  const SHORT_QUIET = 30;

  async function begin() {
    const page = scroller.page();
    if (page && (page.scrollHeight > page.clientHeight || !scroller.choose())) {
      scroller.take(page);
    }
    const { box, overlays } = await globalThis.handrail.steps.begin();
    return placeOf(scrolling(), box, overlays);
  }

  function scrolling() {
    const element = scroller.element();
    if (!element) {
      throw new TypeError("what scrolled is gone");
    }
    return element;
  }

  /**
   * @param {number} top in CSS pixels from the top of what scrolls
   * @param {number} [quiet]
   */
  async function goTo(top, quiet = QUIET) {
    const element = scrolling();
    element.scrollTo({ top, behavior: "instant" });
    const { box, overlays } = await globalThis.handrail.steps.look(quiet);
    return placeOf(element, box, overlays);
  }

  /** @param {Element} element @param {import("./inject.js").Box} box @param {number} overlays */
  function placeOf(element, box, overlays) {
    return {
      top: Math.round(element.scrollTop), height: element.scrollHeight, box, overlays,
      document: scroller.isPage(),
    };
  }

  /**
   * Go down quickly, a window at a time, so that the page loads what it loads late; then to its
   * beginning.
   * @param {number} longest in CSS pixels
   */
  async function loadAll(longest) {
    const element = scrolling();
    const end = () => Math.min(element.scrollHeight, longest + window.innerHeight);
    for (let top = 0; top < end(); top += window.innerHeight) {
      element.scrollTo({ top, behavior: "instant" });
      await globalThis.handrail.steps.frame();
      if (top + window.innerHeight >= end()) {
        // At what seems to be the end more may come.
        await globalThis.handrail.steps.look(QUIET);
      }
    }
    // Each picture is proved: what still moved would be taken again.
    return goTo(0, SHORT_QUIET);
  }

  globalThis.handrail.wholePage = { begin, goTo, loadAll };
})();
