// Says what of a page is imagery, and whether it is hidden, by the computed style of each element.
//
// The sheet hide-pictures.css hides; this checks it, property by property, in the document and in
// every shadow root. Both lists belong together: what one names, the other names too.

(() => {
  const { dom } = globalThis.handrail;

  const FILTERED = new Set([
    "img", "video", "audio", "embed", "object", "iframe", "frame", "fencedframe", "portal", "model",
  ]);
  const FRAMES = new Set(["iframe", "frame", "fencedframe", "portal", "object", "embed"]);

  /** Properties that can bring a picture, with the value that brings none. */
  const BRINGS = /** @type {const} */ ([
    ["background-image", "none"],
    ["border-image-source", "none"],
    ["list-style-image", "none"],
    ["mask-image", "none"],
    ["-webkit-mask-box-image-source", "none"],
    ["-webkit-box-reflect", "none"],
    ["backdrop-filter", "none"],
    ["view-transition-name", "none"],
  ]);

  /** @param {Element} element */
  function isFiltered(element) {
    const name = dom.name(element);
    return FILTERED.has(name)
      || (element instanceof HTMLInputElement && element.type === "image");
  }

  /**
   * A picture inside a drawing, or a part of a drawing that comes from another file.
   * @param {Element} element
   */
  function isDrawnPicture(element) {
    return element instanceof SVGImageElement || element instanceof SVGFEImageElement
      || (element instanceof SVGUseElement && !element.href.baseVal.startsWith("#"));
  }

  /** @param {Element} element */
  function isPicture(element) {
    return (isFiltered(element) && dom.name(element) !== "audio")
      || element instanceof HTMLCanvasElement || isDrawnPicture(element);
  }

  // ---------------------------------------------------------------- what a page shows before hiding

  const TEXTS = /"(?:[^"\\]|\\.)*"/g;
  const WORDS_ONLY = /^(?:counters?|attr|symbols)$/;
  const COLOURS_ONLY = new RegExp("^(?:(?:repeating-)?(?:linear|radial|conic)-gradient|rgba?|hsla?|hwb"
    + "|lab|lch|oklab|oklch|color|color-mix|calc|min|max|clamp|light-dark)$");

  /** The names of the functions in a CSS value. @param {string} value */
  function functionsIn(value) {
    return [...value.replace(TEXTS, '""').matchAll(/([-\w]+)\(/g)].map((match) => match[1] ?? "");
  }

  /** Whether generated content is more than words. @param {string} content */
  function isPictured(content) {
    return functionsIn(content).some((name) => !WORDS_ONLY.test(name));
  }

  /** Whether a value is a picture and not only a gradient. @param {string} value */
  function isImage(value) {
    return imagesIn(value) > 0;
  }

  /** How many pictures a value has that are not only gradients. @param {string} value */
  function imagesIn(value) {
    return value === "none" || value === "" ? 0
      : functionsIn(value).filter((name) => !COLOURS_ONLY.test(name)).length;
  }

  /**
   * How many pictures one box shows.
   * @param {CSSStyleDeclaration} style
   */
  function picturesIn(style) {
    const brought = BRINGS.filter(([property]) => isImage(style.getPropertyValue(property)));
    return brought.length + (isPictured(style.content) ? 1 : 0)
      + (style.filter.includes("url(") ? 1 : 0);
  }

  /**
   * Whether anything of an element can be painted. Without a box of its own (display: contents) an
   * element still has its generated content.
   * @param {Element} element
   */
  function canPaint(element) {
    return dom.isLaidOut(element) || getComputedStyle(element).display === "contents";
  }

  /** @param {Element} element */
  function count(element) {
    let found = isPicture(element) ? 1 : 0;
    if (canPaint(element)) {
      found += picturesIn(getComputedStyle(element));
      for (const pseudo of ["::before", "::after"]) {
        const style = getComputedStyle(element, pseudo);
        if (hasBox(style)) {
          found += picturesIn(style);
        }
      }
    }
    return found;
  }

  /** Whether generated content has a box at all. @param {CSSStyleDeclaration} style */
  function hasBox(style) {
    // Each reading of such a style is slow, so mostly there is only this one.
    const { content } = style;
    return content !== "none" && content !== "normal" && content !== "" && style.display !== "none";
  }

  // ---------------------------------------------------------------- gradients behind text

  const COLOUR = /(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^()]*\)/g;
  const GREY = "rgb(128, 128, 128)";
  /** @type {Map<string, string | null>} */
  const known = new Map();
  const paint = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  /**
   * Give one colour for what lies behind an element's text: without it, white words on a gradient
   * or on a photo would be white on white. One colour cannot show a picture.
   * @param {Element} element
   */
  function stands(element) {
    if (!dom.isLaidOut(element) || dom.text(element).trim() === "") {
      return null;
    }
    const style = getComputedStyle(element);
    const { backgroundImage } = style;
    if (backgroundImage === "none" || backgroundImage === "") {
      return null;
    }
    if (isImage(backgroundImage)) {
      return alphaOf(style.backgroundColor) < 0.5 ? GREY : null;
    }
    if (!known.has(backgroundImage)) {
      known.set(backgroundImage, middleOf(backgroundImage.match(COLOUR) ?? []));
    }
    return known.get(backgroundImage) ?? null;
  }

  /** The middle of some colours, or null when they are hardly there. @param {string[]} colours */
  function middleOf(colours) {
    const sum = [0, 0, 0, 0];
    for (const colour of colours) {
      rgbaOf(colour).forEach((value, at) => {
        sum[at] = (sum[at] ?? 0) + value / colours.length;
      });
    }
    const [red, green, blue, alpha] = sum.map(Math.round);
    const share = (alpha ?? 0) / 255;
    return share < 0.25 ? null : `rgba(${red}, ${green}, ${blue}, ${share.toFixed(2)})`;
  }

  /** @param {string} colour */
  function alphaOf(colour) {
    return (rgbaOf(colour)[3] ?? 0) / 255;
  }

  /** Ask the browser what a colour is, in four numbers up to 255. @param {string} colour */
  function rgbaOf(colour) {
    if (!paint) {
      return [128, 128, 128, 255];
    }
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = "#000";
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data];
  }

  // ---------------------------------------------------------------- whether it is hidden

  /**
   * What of one element still shows imagery, or could: names of properties and of generated boxes.
   * @param {Element} element
   */
  function faults(element) {
    if (isDrawnPicture(element) || element instanceof SVGUseElement) {
      return getComputedStyle(element).display === "none" ? [] : ["display"];
    }
    if (!canPaint(element)) {
      return [];
    }
    const style = getComputedStyle(element);
    const found = boxFaults(style);
    const veiled = dom.attribute(element, "data-handrail-veil") !== null;
    if (element instanceof HTMLCanvasElement || veiled) {
      if (style.opacity !== "0") {
        found.push("opacity");
      }
    }
    if (isFiltered(element)) {
      if (style.filter !== "contrast(0)") {
        found.push("filter");
      }
      if (alphaOf(style.backgroundColor) !== 1) {
        found.push("background-color");
      }
    } else if (style.filter !== "none") {
      found.push("filter");
    }
    if (style.content !== "normal") {
      found.push("content");
    }
    for (const pseudo of ["::before", "::after"]) {
      const generated = getComputedStyle(element, pseudo);
      if (hasBox(generated) && (isPictured(generated.content) || generated.filter !== "none"
        || boxFaults(generated).length > 0)) {
        found.push(pseudo);
      }
    }
    if (style.display.includes("list-item")
      && isPictured(getComputedStyle(element, "::marker").content)) {
      found.push("::marker");
    }
    return found;
  }

  /**
   * @param {CSSStyleDeclaration} style
   * @returns {string[]}
   */
  function boxFaults(style) {
    /** @type {string[]} */
    const found = BRINGS.filter(([property, none]) => {
      const value = style.getPropertyValue(property);
      return value !== none && value !== "";
    }).map(([property]) => property);
    if (style.transitionDuration !== "0s" || style.transitionDelay !== "0s") {
      found.push("transition");
    }
    return found;
  }

  globalThis.handrail.imagery = {
    isPicture,
    imagesIn,
    isFrame: (element) => FRAMES.has(dom.name(element)),
    stands,
    count,
    faults,
  };
})();
