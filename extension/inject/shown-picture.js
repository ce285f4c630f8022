// The one picture that an adult may leave to be seen (DESIGN D2): which pictures of the window can be
// pointed at, which one was, and whether it is still the same one in the same place.
//
// A picture can be pointed at only when showing it shows what the person sees anyway. Hiding takes away
// what makes a picture unclear or covers it (a blur, a canvas over it); so a picture with any of that
// on it or over it stays hidden. It hides and shows nothing itself: that is hide-pictures.js.

(() => {
  const { dom, imagery, changes } = globalThis.handrail;
  if (globalThis.handrail.shownPicture) {
    return;
  }

  const ATTRIBUTE = "data-handrail-picture";
  /** Smaller than this, a person cannot point at it. In CSS pixels. */
  const SMALLEST = 12;
  /** How many places of a picture are looked at, in each direction. */
  const PLACES = 6;

  /** @typedef {import("./inject.js").Box} Box */

  /**
   * What an element was like before anything was hidden.
   * @typedef {object} Note
   * @property {"img" | "input" | "background" | null} what kind of picture, if it is one still picture
   * @property {string} source
   * @property {boolean} alters whether hiding takes something away that lies on all that is in it
   * @property {boolean} covers whether hiding takes something away that may cover what is below it
   */

  /** @type {Map<Element, Note>} */
  let notes = new Map();
  /** @type {{ element: Element, what: string, source: string, box: Box } | null} */
  let pointed = null;
  /** Between begin() and end() it is left to be seen. */
  let showing = false;

  // ---------------------------------------------------------------- before hiding

  /** Note of every element what hiding will take away. */
  function note() {
    notes = new Map();
    for (const root of dom.everyRoot()) {
      for (const element of dom.all(root)) {
        notes.set(element, noteOf(element));
      }
    }
  }

  /** @param {Element} element @returns {Note} */
  function noteOf(element) {
    const style = getComputedStyle(element);
    const generated = ["::before", "::after"].map((name) => getComputedStyle(element, name))
      .filter(({ content }) => content !== "none" && content !== "normal" && content !== "");
    const [what, source] = kindOf(element, style);
    return {
      what, source,
      alters: brings(style, ["filter", "mask-image", "-webkit-mask-box-image-source"]),
      // Photos and frames turn grey and go on covering; these are not painted any more.
      covers: element instanceof HTMLCanvasElement
        || (element instanceof SVGSVGElement && dom.all(element).some(imagery.isPicture))
        || [style, ...generated].some((one) => brings(one, [
          "filter", "backdrop-filter", "background-image", "border-image-source", "list-style-image",
          "-webkit-box-reflect",
        ]) || one.content.includes("(")),
    };
  }

  /** @param {CSSStyleDeclaration} style @param {readonly string[]} properties */
  function brings(style, properties) {
    return properties.some((property) => !["", "none"].includes(style.getPropertyValue(property)));
  }

  /**
   * @param {Element} element
   * @param {CSSStyleDeclaration} style
   * @returns {[Note["what"], string]}
   */
  function kindOf(element, style) {
    if (element instanceof HTMLImageElement) {
      return style.content === "normal" ? ["img", element.currentSrc] : [null, ""];
    }
    if (element instanceof HTMLInputElement && element.type === "image") {
      return ["input", element.src];
    }
    const { backgroundImage } = style;
    const one = imagery.imagesIn(backgroundImage) === 1 && !imagery.isPicture(element)
      && !["html", "body"].includes(dom.name(element));
    return one ? ["background", backgroundImage] : [null, ""];
  }

  // ---------------------------------------------------------------- what is seen as it is

  /** The pictures of the window that can be pointed at. */
  function candidates() {
    return [...notes].filter(([element, { what }]) => what !== null && isThere(element)
      && isAsSeen(element)).map(([element]) => element);
  }

  /** @param {Element} element */
  function isThere(element) {
    return dom.isConnected(element) && dom.isLaidOut(element) && partOf(dom.box(element)) !== null
      && (!(element instanceof HTMLImageElement) || (element.complete && element.naturalWidth > 0));
  }

  /** What of a box the window shows, if it is enough to point at. @param {Box} box @returns {Box | null} */
  function partOf({ left, top, width, height }) {
    const [x, y] = [Math.max(0, left), Math.max(0, top)];
    const part = {
      left: x, top: y, width: Math.min(left + width, window.innerWidth) - x,
      height: Math.min(top + height, window.innerHeight) - y,
    };
    return part.width >= SMALLEST && part.height >= SMALLEST ? part : null;
  }

  /** Whether showing it shows no more of it than the page does. @param {Element} element */
  function isAsSeen(element) {
    const part = partOf(dom.box(element));
    return part !== null && !isAltered(element) && !isCovered(element, part);
  }

  /**
   * Whether something that it lies in changes how it looks. What lies in an element with a shadow root
   * is put somewhere inside that root, so the whole root counts.
   * @param {Element} element
   */
  function isAltered(element) {
    /** @param {Element} one */
    const alters = (one) => notes.get(one)?.alters ?? true;
    for (let at = /** @type {Element | null} */ (element); at !== null; at = dom.above(at)) {
      const around = dom.above(at);
      const shadow = around && dom.shadowOf(around);
      const slotted = shadow && dom.rootOf(at) !== shadow ? dom.all(shadow) : [];
      if (alters(at) || slotted.some(alters)) {
        return true;
      }
    }
    return false;
  }

  /** @param {Element} element @param {Box} part */
  function isCovered(element, part) {
    let isHit = false;
    for (const [x, y] of placesIn(element, part)) {
      const stack = stackAt(document, x, y);
      const at = stack.indexOf(element);
      isHit ||= at >= 0;
      if (stack.slice(0, Math.max(0, at)).some(wouldUncover)) {
        return true;
      }
    }
    return !isHit;
  }

  /** Whether it covered something that is now seen. What came later is not known. @param {Element} one */
  function wouldUncover(one) {
    return (notes.get(one)?.covers ?? true) || dom.attribute(one, "data-handrail-veil") !== null;
  }

  /** @param {Element} element @param {Box} part */
  function placesIn(element, { left, top, width, height }) {
    /** @type {[number, number][]} */
    const found = [];
    for (let row = 0; row < PLACES; row += 1) {
      for (let column = 0; column < PLACES; column += 1) {
        found.push([left + (column + 0.5) * width / PLACES, top + (row + 0.5) * height / PLACES]);
      }
    }
    // The middle of all that could cover a part of it, however small.
    for (const [other, { covers }] of notes) {
      const box = covers && other !== element ? dom.box(other) : null;
      if (box && dom.meets(box, { left, top, width, height })) {
        found.push([
          (Math.max(box.left, left) + Math.min(box.right, left + width)) / 2,
          (Math.max(box.top, top) + Math.min(box.bottom, top + height)) / 2,
        ]);
      }
    }
    return found;
  }

  /**
   * All that lies at a place, the uppermost first, without what is ours.
   * @param {Document | ShadowRoot} root
   * @param {number} x
   * @param {number} y
   * @returns {Element[]}
   */
  function stackAt(root, x, y) {
    const { elementsFromPoint } = root instanceof Document ? Document.prototype : ShadowRoot.prototype;
    /** @type {Element[]} */
    const found = Reflect.apply(elementsFromPoint, root, [x, y]);
    return found.filter((one) => dom.rootOf(one) === root && !isOurs(one)).flatMap((one) => {
      const shadow = dom.shadowOf(one);
      return shadow ? [...stackAt(shadow, x, y), one] : [one];
    });
  }

  /** @param {Element} element */
  function isOurs(element) {
    return globalThis.handrail.mark.owns(element) || globalThis.handrail.picking.owns(element);
  }

  // ---------------------------------------------------------------- the one

  /** Remember the one that the person points at. @param {Element} element */
  function point(element) {
    const { what, source } = notes.get(element) ?? { what: null, source: "" };
    pointed = what && { element, what, source, box: roundBox(dom.box(element)) };
    return pointed && { what: pointed.what, ...pointed.box };
  }

  /** Leave it to be seen from now on. @returns {boolean} whether it is still there and the same */
  function begin() {
    if (!pointed || !dom.isConnected(pointed.element)) {
      return false;
    }
    const { what, source } = notes.get(pointed.element) ?? { what: null, source: "" };
    if (what !== pointed.what || source !== pointed.source) {
      return false;
    }
    changes.mark(pointed.element, ATTRIBUTE);
    showing = true;
    return true;
  }

  /** Whether it is the same one in the same place, or none is to be seen. */
  function holds() {
    if (!showing) {
      return true;
    }
    if (!pointed || !isThere(pointed.element) || !isAsSeen(pointed.element)) {
      return false;
    }
    const { element, what, source, box } = pointed;
    const now = roundBox(dom.box(element));
    return dom.attribute(element, ATTRIBUTE) !== null
      && kindOf(element, getComputedStyle(element)).join() === [what, source].join()
      && now.left === box.left && now.top === box.top
      && now.width === box.width && now.height === box.height;
  }

  /** @param {Box} box @returns {Box} */
  function roundBox({ left, top, width, height }) {
    const [x, y, w, h] = [left, top, width, height].map(Math.round);
    return { left: x ?? 0, top: y ?? 0, width: w ?? 0, height: h ?? 0 };
  }

  /** Whether something of an element is seen on purpose. @param {Element} element @param {string} fault */
  function allows(element, fault) {
    return is(element) && (pointed?.what === "background" ? fault === "background-image"
      : fault === "filter" || fault === "background-color");
  }

  /** @param {Element} element */
  function is(element) {
    return showing && element === pointed?.element;
  }

  /** Where all other pictures are, the words that stand on them, and what is left of the window for it. */
  function places() {
    const all = { left: 0, top: 0, width: window.innerWidth, height: window.innerHeight };
    const others = dom.everyRoot().flatMap((root) => dom.all(root))
      .filter((one) => imagery.isPicture(one) && !is(one) && dom.isLaidOut(one))
      .map((one) => dom.box(one))
      // What is over most of the window is not painted at all, and the words below it are.
      .filter((box) => dom.meets(box, all) && box.width * box.height < all.width * all.height * 0.6);
    const words = globalThis.handrail.lines.within(all)
      .filter((line) => others.some((box) => dom.meets(box, line)));
    const shown = showing && pointed ? partOf(pointed.box) : null;
    /** @param {Box} box */
    const plain = ({ left, top, width, height }) => ({ left, top, width, height });
    return {
      places: others.map(plain), words: words.map(plain), shown, windowWidth: window.innerWidth,
    };
  }

  globalThis.handrail.shownPicture = {
    note, candidates, point, begin, holds, allows, is, places,
    end() {
      showing = false;
    },
  };
})();
