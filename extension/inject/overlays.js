// Hides what lies over the conversation while it is taken: pills, headers that stick, dialogs. All of
// it comes back through our-changes.js.
//
// What sticks inside the conversation itself, as the label of a day, is not hidden: it is put back in
// its own place among the messages.

(() => {
  const { dom, changes } = globalThis.handrail;

  const [ROWS, COLUMNS] = [24, 8];

  /** @type {Set<Element>} */
  let hidden = new Set();

  /**
   * Hide what lies over a part of the window.
   * @param {import("./inject.js").Box} box
   */
  function hide(box) {
    const element = globalThis.handrail.scroller.element();
    if (element) {
      const seen = new Set([...onTop(box), ...positioned(box, element)]);
      for (const one of seen) {
        treat(one, element, box);
      }
    }
    return count();
  }

  /** How much is hidden now. What the page took away itself is no longer counted. */
  function count() {
    hidden = new Set([...hidden].filter((one) => (
      changes.hasStyle(one, "visibility") && dom.isLaidOut(one))));
    return hidden.size;
  }

  /** Every element at a grid of points. @param {import("./inject.js").Box} box */
  function onTop(box) {
    /** @type {Set<Element>} */
    const found = new Set();
    const element = globalThis.handrail.scroller.element();
    const root = element && dom.rootOf(element);
    for (let row = 0; row < ROWS; row += 1) {
      for (let column = 0; column < COLUMNS; column += 1) {
        const x = box.left + ((column + 0.5) * box.width) / COLUMNS;
        const y = box.top + ((row + 0.5) * box.height) / ROWS;
        elementsAt(document, x, y, found);
        if (root instanceof ShadowRoot) {
          elementsAt(root, x, y, found);
        }
      }
    }
    return found;
  }

  /** @param {import("./inject.js").Root} root @param {number} x @param {number} y @param {Set<Element>} found */
  function elementsAt(root, x, y, found) {
    const { elementsFromPoint } = root instanceof Document ? Document.prototype : ShadowRoot.prototype;
    /** @type {Element[]} */
    const stack = Reflect.apply(elementsFromPoint, root, [x, y]);
    const element = globalThis.handrail.scroller.element();
    for (const one of stack) {
      if (one === element || (element && contains(one, element))) {
        break;
      }
      found.add(one);
    }
  }

  /** What is placed freely and lets clicks through is at no point. @param {import("./inject.js").Box} box
   * @param {Element} element */
  function positioned(box, element) {
    const found = [];
    for (const root of dom.everyRoot()) {
      for (const one of dom.all(root)) {
        const { position, visibility, zIndex } = getComputedStyle(one);
        const free = position === "fixed" || position === "sticky" || position === "absolute";
        if (free && visibility === "visible" && meets(dom.box(one), box)) {
          const inside = contains(element, one);
          const after = (comparePosition(element, one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
          if (inside ? position !== "absolute" : after || Number(zIndex) > 0) {
            found.push(one);
          }
        }
      }
    }
    return found;
  }

  /** @param {Element} one @param {Element} element @param {import("./inject.js").Box} box */
  function treat(one, element, box) {
    if (one === element || contains(one, element) || isOurs(one)) {
      return;
    }
    const { position, visibility } = getComputedStyle(one);
    if (contains(element, one)) {
      if (position === "sticky" && dom.box(one).height < box.height / 2) {
        for (const [property, value] of [["position", "relative"], ["top", "auto"], ["bottom", "auto"]]) {
          if (!changes.hasStyle(one, /** @type {string} */ (property))) {
            changes.setStyle(one, /** @type {string} */ (property), /** @type {string} */ (value));
          }
        }
      } else if (position === "fixed") {
        veil(one, visibility);
      }
      return;
    }
    veil(one, visibility);
  }

  /** @param {Element} one @param {string} visibility */
  function veil(one, visibility) {
    if (visibility === "visible" && !changes.hasStyle(one, "visibility")) {
      changes.setStyle(one, "visibility", "hidden");
      hidden.add(one);
    }
  }

  /** Our own strip is no overlay. @param {Element} one */
  function isOurs(one) {
    return globalThis.handrail.mark.owns(one);
  }

  /** Whether one is around the other, through shadow roots. @param {Element} one @param {Element} other */
  function contains(one, other) {
    for (let at = /** @type {Element | null} */ (other); at;
      at = globalThis.handrail.scroller.above(at)) {
      if (at === one) {
        return true;
      }
    }
    return false;
  }

  /** @param {Element} one @param {Element} other */
  function comparePosition(one, other) {
    return /** @type {number} */ (
      Reflect.apply(Node.prototype.compareDocumentPosition, one, [other]));
  }

  /** @param {DOMRect} place @param {import("./inject.js").Box} box */
  function meets(place, box) {
    return place.width > 0 && place.height > 0 && place.left < box.left + box.width
      && place.right > box.left && place.top < box.top + box.height && place.bottom > box.top;
  }

  globalThis.handrail.overlays = { hide, count };
})();
