// Reads what text can be seen in a part of the window, and where each piece of it stands: in the
// document and in every shadow root.

(() => {
  const { dom } = globalThis.handrail;

  /** @param {import("./inject.js").Box} box @returns {import("./inject.js").Line[]} */
  function within(box) {
    /** @type {import("./inject.js").Line[]} */
    const found = [];
    const range = document.createRange();
    for (const root of dom.everyRoot()) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = /** @type {Text} */ (walker.currentNode);
        const text = dom.text(node).trim();
        if (text !== "") {
          range.selectNodeContents(node);
          const { left, top, width, height } = range.getBoundingClientRect();
          const around = dom.above(node);
          const place = { left, top, width, height };
          if (height > 0 && width > 0 && dom.meets(place, box)
            && around && getComputedStyle(around).visibility === "visible") {
            found.push({ node, text, ...place });
          }
        }
      }
    }
    return found;
  }

  globalThis.handrail.lines = { within };
})();
