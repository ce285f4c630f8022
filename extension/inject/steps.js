// Moves through a conversation by small steps, and knows how far it came.
//
// How far is read from where words stand before and after: most of them must have moved alike. The
// scrolling position itself says nothing: lists change it when they load earlier messages or learn how
// high a message is, while nothing moves on the screen, and the other way round.

(() => {
  const { dom, changes, imagery, lines } = globalThis.handrail;
  if (globalThis.handrail.steps) {
    return;
  }

  /** How long a page may take until it rests, in milliseconds: one that loads, and any other. */
  const LONGEST_REST = 4_000;
  const LONGEST_UNREST = 1_500;
  const LONGEST_WAY_BACK = 8_000;
  /** How far beyond a gap the scale goes on. */
  const BEYOND = 10_000;
  const INSTANT = /** @type {const} */ ("instant");

  /** @typedef {import("./inject.js").Seen} Seen */

  let at = 0;
  /** @type {Seen[]} */
  let last = [];
  /** @type {{ scrollTop: number, fromEnd: number, element: Element, x: number, y: number } | null} */
  let start = null;
  /** Whether it is back where it began. */
  let isHome = false;
  let memory = lines.makeMemory();
  let changedAt = 0;

  // ---------------------------------------------------------------- where it is

  /** Everything that can be seen of it, from its upper edge. @returns {Seen[]} */
  function see() {
    const element = globalThis.handrail.scroller.element();
    if (!element) {
      return [];
    }
    const box = globalThis.handrail.scroller.box();
    /** @param {Node} node */
    const isInside = (node) => dom.contains(element, dom.above(node));
    const words = lines.within(box)
      .filter(({ node }) => isInside(node))
      .map(({ node, text, left, top, height }) => ({ node, text, left, top: top - box.top, height }));
    const pictures = dom.everyRoot().flatMap((root) => dom.all(root)).filter(imagery.isPicture)
      .filter(isInside).map((node) => ({ node, place: dom.box(node) }))
      .filter(({ place }) => place.height > 0 && place.bottom > box.top
        && place.top < box.top + box.height)
      .map(({ node, place }) => (
        { node, text: "", left: place.left, top: place.top - box.top, height: place.height }));
    return [...words, ...pictures];
  }

  /** Look where it is now: from what was there just now, or from all that is remembered.
   * @returns {number | null} */
  function track() {
    const now = see();
    const moved = lines.displacement(last, now);
    const found = moved === null ? memory.recall(now) : at - moved;
    if (found !== null) {
      [at, last] = [found, now];
      memory.add(now, at);
    }
    return found;
  }

  /** @param {number | null} moved @returns {import("./inject.js").Place} */
  function placeOf(moved) {
    const box = globalThis.handrail.scroller.box();
    return {
      moved, at, box, length: globalThis.handrail.scroller.element()?.scrollHeight ?? 0,
      overlays: globalThis.handrail.overlays.count(), busy: isBusy(box),
      away: document.visibilityState === "hidden",
    };
  }

  // ---------------------------------------------------------------- moving

  async function begin() {
    const element = globalThis.handrail.scroller.element();
    if (!element) {
      throw new TypeError("nothing scrolls");
    }
    changes.setStyle(element, "scroll-behavior", "auto");
    changes.setStyle(element, "scroll-snap-type", "none");
    const { scrollTop, scrollHeight } = element;
    start = {
      scrollTop, fromEnd: scrollHeight - scrollTop, element, x: window.scrollX, y: window.scrollY,
    };
    watcher.observe(element, {
      childList: true, subtree: true, characterData: true,
    });
    globalThis.handrail.overlays.hide(globalThis.handrail.scroller.box());
    await rest(120);
    [at, last, memory] = [0, see(), lines.makeMemory()];
    memory.add(last, at);
    return placeOf(0);
  }

  /** @param {number} share @param {number} quiet */
  async function step(share, quiet) {
    const element = globalThis.handrail.scroller.element();
    if (!element) {
      throw new TypeError("the conversation is gone");
    }
    isHome = false;
    const { scrollTop } = element;
    const by = { top: share * globalThis.handrail.scroller.box().height, behavior: INSTANT };
    element.scrollBy(by);
    if (element.scrollTop === scrollTop && isCutOff(element, share)) {
      window.scrollBy(by);
    }
    await rest(quiet);
    return placeNow();
  }

  /** Whether the window does not show the end of it on one side. @param {Element} element
   * @param {number} share */
  function isCutOff(element, share) {
    const { top, bottom } = dom.box(element);
    return !globalThis.handrail.scroller.isPage()
      && (share < 0 ? top < 0 : bottom > window.innerHeight);
  }

  /** @param {number} quiet */
  async function look(quiet) {
    await rest(quiet);
    globalThis.handrail.overlays.hide(globalThis.handrail.scroller.box());
    return placeNow();
  }

  function placeNow() {
    const before = at;
    const found = track();
    return placeOf(found === null ? null : found - before);
  }

  /** @param {number} direction */
  function rebase(direction) {
    at = Math.round(at) + direction * BEYOND;
    last = see();
    memory.add(last, at);
    return placeOf(0);
  }

  async function goBack() {
    jump();
    last = []; // What was seen last may be on the other side of a gap.
    const began = performance.now();
    for (let tries = 0; tries < 40 && performance.now() - began < LONGEST_WAY_BACK; tries += 1) {
      await rest(120);
      if (track() !== null) {
        if (Math.abs(at) <= 1 || tries > 6) {
          isHome = true;
          return placeOf(0);
        }
        start?.element.scrollBy({ top: -at, behavior: INSTANT });
      } else {
        const box = globalThis.handrail.scroller.box();
        start?.element.scrollBy({ top: box.height * (tries < 12 ? 0.5 : -0.5), behavior: INSTANT });
      }
    }
    return placeOf(null);
  }

  /** Go to about where it began. */
  function jump() {
    if (start && !isHome) {
      const { element, scrollTop, fromEnd, x, y } = start;
      const reversed = scrollTop < 0 || getComputedStyle(element).flexDirection === "column-reverse";
      element.scrollTo({
        top: reversed ? scrollTop : element.scrollHeight - fromEnd, behavior: INSTANT,
      });
      if (!globalThis.handrail.scroller.isPage()) {
        window.scrollTo({ left: x, top: y, behavior: INSTANT });
      }
    }
  }

  function restore() {
    jump();
    [start, last, memory, isHome] = [null, [], lines.makeMemory(), false];
    watcher.disconnect();
  }

  // ---------------------------------------------------------------- resting

  const watcher = new MutationObserver(() => {
    changedAt = performance.now();
  });

  /** Wait until nothing moves any more. @param {number} quiet milliseconds of rest */
  async function rest(quiet) {
    globalThis.handrail.hiding.hear();
    const began = performance.now();
    let still = began;
    let before = "";
    while (performance.now() - began < LONGEST_REST) {
      await frame();
      const now = performance.now();
      const element = globalThis.handrail.scroller.element();
      const box = globalThis.handrail.scroller.box();
      const seen = `${element?.scrollTop} ${element?.scrollHeight} ${Object.values(box)}`;
      if (seen !== before) {
        [before, still] = [seen, now];
      }
      // What only changes its words, as a clock does, is waited for a while and no longer.
      const rests = now - changedAt >= quiet || now - began > 1_200;
      if (((now - still >= quiet && rests) || now - began > LONGEST_UNREST) && !isLoading(box)) {
        return;
      }
    }
  }

  /** @returns {Promise<void>} */
  function frame() {
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, 100);
      requestAnimationFrame(() => {
        clearTimeout(patience);
        resolve();
      });
    });
  }

  /** Whether a picture is still coming that could push the words around. @param {import("./inject.js").Box} box */
  function isLoading(box) {
    return shownIn(box, (one) => one instanceof HTMLImageElement && one.loading !== "lazy"
      && !one.complete);
  }

  /** @param {import("./inject.js").Box} box */
  function isBusy(box) {
    return shownIn(box, (one) => dom.attribute(one, "role") === "progressbar"
      || dom.attribute(one, "aria-busy") === "true");
  }

  /** @param {import("./inject.js").Box} box @param {(element: Element) => boolean} test */
  function shownIn(box, test) {
    return dom.everyRoot().some((root) => dom.all(root).some((one) => (
      test(one) && dom.isLaidOut(one) && dom.meets(dom.box(one), box))));
  }

  globalThis.handrail.steps = { begin, step, look, track, rebase, goBack, frame, restore };
})();
