// A strip of black and white fields at an edge of the window.
//
// It answers a question that computed styles cannot: is what we hid already on the screen? A browser
// may still show an older frame. When the picture has this strip, in an order nobody could foresee,
// the frame was painted after the hiding, and so is every frame that follows. The picture of a view is
// taken after the strip is gone; a tile is cut out of the very picture that shows it, beside it.

(() => {
  const { dom } = globalThis.handrail;

  /** @type {HTMLElement | null} */
  let strip = null;

  /** How high the strip is, in CSS pixels. */
  function height() {
    return Math.max(4, Math.ceil(6 / window.devicePixelRatio));
  }

  /** @param {readonly number[]} bits @param {import("./inject.js").MarkEdge} [edge] */
  async function show(bits, edge = "top") {
    strip?.remove();
    const cell = height();
    const width = cell * bits.length;
    strip = box();
    style(strip, {
      display: "block", ...placed(edge), left: `calc(50% - ${width / 2}px)`,
      width: `${width}px`, height: `${cell}px`, "z-index": "2147483647",
    });
    for (const [at, bit] of bits.entries()) {
      const field = box();
      style(field, {
        display: "block", position: "absolute", top: "0", left: `${at * cell}px`,
        width: `${cell}px`, height: `${cell}px`, "background-color": bit ? "#fff" : "#000",
      });
      strip.append(field);
    }
    strip.setAttribute("popover", "manual");
    dom.page()?.append(strip);
    strip.showPopover();
    await painted();
    const place = dom.box(strip);
    return {
      left: place.left, top: place.top, width: place.width, height: place.height,
      windowWidth: window.innerWidth,
    };
  }

  /** @param {import("./inject.js").MarkEdge} edge @returns {Record<string, string>} */
  function placed(edge) {
    return typeof edge === "string" ? { position: "fixed", [edge]: "0" }
      : { position: "absolute", top: `${edge.below + window.scrollY}px` };
  }

  async function remove() {
    if (strip) {
      strip.remove();
      strip = null;
      await painted();
    }
  }

  function box() {
    // Also in a page of XML, where createElement would make something else.
    return /** @type {HTMLElement} */ (document.createElementNS("http://www.w3.org/1999/xhtml", "div"));
  }

  /**
   * The page's own rules must not reach the strip.
   * @param {HTMLElement} element
   * @param {Record<string, string>} properties
   */
  function style(element, properties) {
    for (const [name, value] of Object.entries({ all: "initial", ...properties })) {
      element.style.setProperty(name, value, "important");
    }
  }

  /** Wait for two frames; a window that is covered paints none, so not for ever. */
  function painted() {
    return new Promise((resolve) => {
      const patience = setTimeout(resolve, 1_000);
      requestAnimationFrame(() => requestAnimationFrame(() => {
        clearTimeout(patience);
        resolve(undefined);
      }));
    });
  }

  /** @param {Element} element */
  function owns(element) {
    return strip === element || (strip !== null && dom.all(strip).includes(element));
  }

  globalThis.handrail.mark = { show, remove, height, owns };
})();
