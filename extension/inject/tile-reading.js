// Reads a part of the window just before and just after a picture of it is taken: whether everything
// is hidden, which words stand where, and where pictures are.

(() => {
  const { dom, imagery } = globalThis.handrail;

  /** @typedef {import("./inject.js").Box} Box */
  /** @typedef {import("./inject.js").Line} Line */

  /** @param {Line[]} lines @param {boolean} rows */
  function sightOf(lines, rows) {
    const words = lines.map(({ text, left, top, width, height }) => (
      [left, top, width, height].map(Math.round).join() + text));
    // A page may have no words. A conversation may change its position while nothing moves.
    const position = rows ? "" : scrolledTo();
    return [window.innerWidth, window.innerHeight, position, ...words].join("\n");
  }

  /** How far down a whole page is scrolled. */
  function scrolledTo() {
    return Math.round(globalThis.handrail.scroller.element()?.scrollTop ?? 0);
  }

  /** @param {Box} box @param {Line[]} lines */
  function picturesIn(box, lines) {
    /** @type {Box[]} */
    const places = [];
    for (const root of dom.everyRoot()) {
      for (const element of dom.all(root).filter(imagery.isPicture)) {
        const place = partOf(dom.box(element), box);
        if (place && dom.isLaidOut(element)) {
          places.push(place);
        }
      }
    }
    // Words on a picture stay readable: the picture itself is hidden already.
    const words = lines.filter((line) => places.some((place) => dom.meets(place, line)))
      .map(({ left, top, width, height }) => ({ left, top, width, height }));
    return { places, words };
  }

  /** What two boxes share. @param {Box} one @param {Box} other @returns {Box | null} */
  function partOf(one, other) {
    const left = Math.max(one.left, other.left);
    const top = Math.max(one.top, other.top);
    const width = Math.min(one.left + one.width, other.left + other.width) - left;
    const height = Math.min(one.top + one.height, other.top + other.height) - top;
    return width > 0 && height > 0 ? { left, top, width, height } : null;
  }

  /** @param {Box} box */
  function conversationIn(box) {
    const { steps, overlays, rows } = globalThis.handrail;
    const at = steps.track();
    return { at, overlays: overlays.count(), rows: at === null ? [] : rows.within(box, at) };
  }

  globalThis.handrail.tiles = {
    async before({ bits, edge, box, rows }) {
      if (rows) {
        globalThis.handrail.overlays.hide(box);
      }
      // First hide, then the mark: the frame that has the mark is younger than the hiding.
      const hidden = globalThis.handrail.hiding.hide();
      const place = await globalThis.handrail.mark.show(bits, edge);
      return { hidden, place, sight: sightOf(globalThis.handrail.lines.within(box), rows) };
    },
    after({ box, rows }) {
      const hidden = globalThis.handrail.hiding.verify();
      const lines = globalThis.handrail.lines.within(box);
      return {
        hidden, sight: sightOf(lines, rows), pictures: picturesIn(box, lines),
        ...(rows ? conversationIn(box) : { at: scrolledTo(), overlays: 0, rows: [] }),
      };
    },
  };
})();
