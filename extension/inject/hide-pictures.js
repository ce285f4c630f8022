// Hides all imagery of the page, proves by computed style that it is hidden, and shows it again.
//
// The sheet hide-pictures.css does the hiding; whoever calls inserts it between prepare() and hide().
// This part does what a sheet cannot: shadow roots, pictures in generated content, a colour behind
// words that lay on a picture. It hides too much rather than too little, and when something cannot be
// proved hidden it says so and nothing may be taken. It shows everything again by itself when the
// panel is closed, and when nothing was heard for half a minute.

(() => {
  const { dom, imagery } = globalThis.handrail;
  if (globalThis.handrail.hiding) {
    return;
  }

  const SHOWN = "data-handrail-shown";
  const VEIL = "data-handrail-veil";
  const GENERATED = /** @type {Record<string, string>} */ ({
    "::before": "data-handrail-before", "::after": "data-handrail-after",
  });
  const SILENCE = 30_000;

  let css = "";
  let count = 0;
  /** Something could have been shown that nobody saw. */
  let lost = false;
  let watchdog = 0;
  /** @type {[Element, string][]} */
  let stands = [];
  /** @type {Map<ShadowRoot, CSSStyleSheet>} */
  const dressed = new Map();
  /** @type {Map<Element, string>} */
  const marked = new Map();
  /** @type {{ element: Element, property: string, ours: string, value: string, priority: string, had: boolean }[]} */
  let styled = [];
  const watcher = new MutationObserver(onChange);

  /** Look at the page as it is, before the sheet is there. @param {string} sheet */
  function prepare(sheet) {
    restore();
    forget();
    // The same rules for shadow roots: there the sheet is the page's equal, so it stands in a layer
    // (!important in a layer stands above !important outside it) and begins with a heavy selector.
    css = sheet.replace(`:root:not([${SHOWN}])`, ":not(#handrail#handrail#handrail)");
    count = 0;
    lost = false;
    for (const root of dom.everyRoot()) {
      for (const element of dom.all(root)) {
        count += imagery.count(element);
        const colour = imagery.stands(element);
        if (colour) {
          stands.push([element, colour]);
        }
      }
    }
  }

  /** Hide what the sheet alone cannot, and answer whether everything is hidden. */
  function hide() {
    keepWatch();
    for (const root of dom.everyRoot()) {
      dress(root);
    }
    for (const [element, colour] of stands) {
      setStyle(element, "background-color", colour);
    }
    endViewTransition();
    veilWhatCoversTheWindow();
    for (let round = 0; round < 3; round += 1) {
      const faulty = findFaults();
      if (faulty.length === 0) {
        break;
      }
      faulty.forEach(mend);
    }
    return verify();
  }

  /** Say what still shows imagery, or may have shown some since the last time. */
  function verify() {
    keepWatch();
    onChange(watcher.takeRecords());
    const examples = findFaults().map(({ element, faults }) => `${dom.name(element)} ${faults}`);
    const page = dom.page();
    if (!page || dom.attribute(page, SHOWN) !== null) {
      examples.push("the page is shown");
    }
    if (viewTransition()) {
      examples.push("a view transition runs");
    }
    if (lost) {
      examples.push("something could have been shown");
      lost = false;
    }
    return { count, faults: examples.length, examples: examples.slice(0, 10) };
  }

  /** Show the page again. Always possible, also twice. */
  function restore() {
    clearTimeout(watchdog);
    watcher.disconnect();
    const page = dom.page();
    if (page) {
      dom.setAttribute(page, SHOWN, "");
    }
    for (const [root, sheet] of dressed) {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
    }
    dressed.clear();
    styled.reverse().forEach(putBack);
    styled = [];
    stands = [];
    for (const [element, name] of marked) {
      dom.removeAttribute(element, name);
    }
    marked.clear();
    globalThis.handrail.mark?.remove();
  }

  /** Remove the last trace, once the sheet is gone. */
  function forget() {
    const page = dom.page();
    if (page) {
      dom.removeAttribute(page, SHOWN);
    }
  }

  // ---------------------------------------------------------------- shadow roots

  /** Give a root the sheet, and watch it for new ones. @param {import("./inject.js").Root} root */
  function dress(root) {
    if (root instanceof ShadowRoot && !dressed.get(root)) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`@layer handrail { ${css} }`);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
      dressed.set(root, sheet);
    }
    watcher.observe(root, { childList: true, subtree: true });
  }

  /**
   * Dress the roots that came with new elements. This runs before the browser paints them.
   * @param {MutationRecord[]} records
   */
  function onChange(records) {
    for (const { addedNodes, removedNodes } of records) {
      for (const node of addedNodes) {
        rootsUnder(node).forEach(dress);
      }
      for (const node of removedNodes) {
        lost ||= rootsUnder(node).some((root) => !dressed.has(root));
      }
    }
  }

  /** @param {Node} node */
  function rootsUnder(node) {
    /** @type {ShadowRoot[]} */
    const roots = [];
    const waiting = node instanceof Element ? [node] : [];
    for (const element of waiting) {
      const shadow = dom.shadowOf(element);
      if (shadow) {
        roots.push(shadow);
        waiting.push(...dom.all(shadow));
      }
      if (element === node) {
        waiting.push(...Reflect.apply(Element.prototype.querySelectorAll, node, ["*"]));
      }
    }
    return roots;
  }

  // ---------------------------------------------------------------- finding and mending

  /** @typedef {{ element: Element, root: import("./inject.js").Root, faults: string[] }} Faulty */

  function findFaults() {
    /** @type {Faulty[]} */
    const found = [];
    for (const root of dom.everyRoot()) {
      if (root instanceof ShadowRoot && !isDressed(root)) {
        dress(root);
        found.push({ element: root.host, root, faults: ["new root"] });
      }
      for (const element of dom.all(root)) {
        const faults = imagery.faults(element);
        if (faults.length > 0) {
          found.push({ element, root, faults });
        }
      }
    }
    return found;
  }

  /** The page may have thrown our sheet out. @param {ShadowRoot} root */
  function isDressed(root) {
    const sheet = dressed.get(root);
    if (sheet && !root.adoptedStyleSheets.includes(sheet)) {
      dressed.delete(root);
    }
    return dressed.has(root);
  }

  const MENDED = /** @type {Record<string, string>} */ ({
    "background-color": "rgb(128, 128, 128)", content: "normal", display: "none", opacity: "0",
  });

  /**
   * Hide what the rules did not. Generated content is marked for the rules. Inside a shadow root the
   * page's own inline !important can stand above them: then ours stands in its place, and if that does
   * not help either, the whole root goes. In the document nothing can stand above the rules.
   * @param {Faulty} faulty
   */
  function mend({ element, root, faults }) {
    for (const fault of faults) {
      const name = GENERATED[fault];
      if (name && !marked.has(element)) {
        dom.setAttribute(element, name, "");
        marked.set(element, name);
      } else if (root instanceof ShadowRoot && fault !== "new root") {
        if (fault.startsWith("::") || isOurs(element, fault)) {
          setStyle(root.host, "display", "none");
        } else {
          const none = fault === "filter" && imagery.isPicture(element) ? "contrast(0)" : "none";
          setStyle(element, fault, MENDED[fault] ?? none);
        }
      }
    }
  }

  function veilWhatCoversTheWindow() {
    const { innerWidth, innerHeight } = window;
    for (const root of dom.everyRoot()) {
      for (const element of dom.all(root).filter(imagery.isPicture)) {
        const { left, right, top, bottom } = dom.box(element);
        const width = Math.min(right, innerWidth) - Math.max(left, 0);
        const height = Math.min(bottom, innerHeight) - Math.max(top, 0);
        if (width > 0 && height > 0 && width * height > innerWidth * innerHeight * 0.6) {
          dom.setAttribute(element, VEIL, "");
          marked.set(element, VEIL);
        }
      }
    }
  }

  // ---------------------------------------------------------------- inline style, and back

  /** @param {Element} element @param {string} property @param {string} ours */
  function setStyle(element, property, ours) {
    const style = dom.style(element);
    if (style) {
      styled.push({
        element, property, ours,
        value: style.getPropertyValue(property),
        priority: style.getPropertyPriority(property),
        had: dom.attribute(element, "style") !== null,
      });
      style.setProperty(property, ours, "important");
    }
  }

  /** @param {Element} element @param {string} property */
  function isOurs(element, property) {
    return styled.some((one) => one.element === element && one.property === property);
  }

  /** @param {typeof styled[number]} one */
  function putBack({ element, property, value, priority, had }) {
    const style = dom.style(element);
    if (style?.getPropertyPriority(property) === "important") {
      style.setProperty(property, value, priority);
      if (!had && dom.attribute(element, "style") === "") {
        dom.removeAttribute(element, "style");
      }
    }
  }

  // ---------------------------------------------------------------- view transitions

  /** @returns {{ skipTransition?: () => void } | null} */
  function viewTransition() {
    const getter = Object.getOwnPropertyDescriptor(Document.prototype, "activeViewTransition")?.get;
    const active = getter ? Reflect.apply(getter, document, []) : null;
    /** @type {Animation[]} */
    const animations = Reflect.apply(Document.prototype.getAnimations, document, []);
    const painted = animations.some(({ effect }) => effect instanceof KeyframeEffect
      && effect.pseudoElement?.startsWith("::view-transition"));
    return active ?? (painted ? {} : null);
  }

  function endViewTransition() {
    viewTransition()?.skipTransition?.();
  }

  // ---------------------------------------------------------------- when nobody is there any more

  function keepWatch() {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(restore, SILENCE);
  }

  // The panel holds a line to this page while it takes it. A closed panel ends the line.
  // eslint-disable-next-line no-restricted-globals -- the only way to notice a closed panel
  chrome.runtime.onConnect.addListener((line) => {
    if (line.name === "handrail-hiding") {
      line.onDisconnect.addListener(restore);
    }
  });
  window.addEventListener("pagehide", restore);

  globalThis.handrail.hiding = { prepare, hide, verify, restore, forget };
})();
