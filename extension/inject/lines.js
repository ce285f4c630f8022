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
          const around = globalThis.handrail.scroller.above(node);
          if (height > 0 && width > 0 && top < box.top + box.height && top + height > box.top
            && left < box.left + box.width && left + width > box.left
            && around && getComputedStyle(around).visibility === "visible") {
            found.push({ node, text, left, top, width, height });
          }
        }
      }
    }
    return found;
  }

  globalThis.handrail.lines = { within };
})();
