// Hides what lies over the conversation while it is taken: pills, headers that stick, dialogs. All of
// it comes back through our-changes.js.
//
// What sticks inside the conversation itself, as the label of a day, is not hidden: it is put back in
// its own place among the messages.

(() => {
  const { dom, changes } = globalThis.handrail;

  const [ROWS, COLUMNS] = [24, 8];
  const IN_ITS_PLACE = { position: "relative", top: "auto", bottom: "auto" };

  /** @type {Set<Element>} */
  let hidden = new Set();

  /**
   * Hide what lies over a part of the window.
   * @param {import("./inject.js").Box} box
   */
  function hide(box) {
    const element = globalThis.handrail.scroller.element();
    if (element) {
      for (const one of new Set([...onTop(box, element), ...positioned(box, element)])) {
        treat(one, element, box);
      }
    }
  }

  /** How much is hidden now. What the page took away itself is no longer counted. */
  function count() {
    hidden = new Set([...hidden].filter((one) => (
      changes.hasStyle(one, "visibility") && dom.isLaidOut(one))));
    return hidden.size;
  }

  /** Every element at a grid of points. @param {import("./inject.js").Box} box
   * @param {Element} element */
  function onTop(box, element) {
    /** @type {Set<Element>} */
    const found = new Set();
    const root = dom.rootOf(element);
    const roots = root instanceof ShadowRoot ? [document, root] : [document];
    for (let row = 0; row < ROWS; row += 1) {
      for (let column = 0; column < COLUMNS; column += 1) {
        const x = box.left + ((column + 0.5) * box.width) / COLUMNS;
        const y = box.top + ((row + 0.5) * box.height) / ROWS;
        for (const one of roots.flatMap((there) => elementsAt(there, x, y, element))) {
          found.add(one);
        }
      }
    }
    return found;
  }

  /** What lies over an element at a point. @param {import("./inject.js").Root} root
   * @param {number} x @param {number} y @param {Element} element */
  function elementsAt(root, x, y, element) {
    const { elementsFromPoint } = root instanceof Document ? Document.prototype : ShadowRoot.prototype;
    /** @type {Element[]} */
    const stack = Reflect.apply(elementsFromPoint, root, [x, y]);
    const ground = stack.findIndex((one) => dom.contains(one, element));
    return ground < 0 ? stack : stack.slice(0, ground);
  }

  /** What is placed freely and lets clicks through is at no point. @param {import("./inject.js").Box} box
   * @param {Element} element */
  function positioned(box, element) {
    const found = [];
    for (const root of dom.everyRoot()) {
      for (const one of dom.all(root)) {
        const { position, visibility, zIndex } = getComputedStyle(one);
        const free = position === "fixed" || position === "sticky" || position === "absolute";
        const place = dom.box(one);
        if (free && visibility === "visible" && place.width > 0 && place.height > 0
          && dom.meets(place, box)) {
          const inside = dom.contains(element, one);
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
    // Our own strip is no overlay.
    if (dom.contains(one, element) || globalThis.handrail.mark.owns(one)) {
      return;
    }
    const { position, visibility } = getComputedStyle(one);
    if (!dom.contains(element, one) || position === "fixed") {
      if (visibility === "visible" && !changes.hasStyle(one, "visibility")) {
        changes.setStyle(one, "visibility", "hidden");
        hidden.add(one);
      }
    } else if (position === "sticky" && dom.box(one).height < box.height / 2) {
      for (const [property, value] of Object.entries(IN_ITS_PLACE)) {
        if (!changes.hasStyle(one, property)) {
          changes.setStyle(one, property, value);
        }
      }
    }
  }

  /** @param {Element} one @param {Element} other */
  function comparePosition(one, other) {
    return /** @type {number} */ (
      Reflect.apply(Node.prototype.compareDocumentPosition, one, [other]));
  }

  globalThis.handrail.overlays = { hide, count };
})();
