// Hides all imagery of the page, proves by computed style that it is hidden, and shows it again.
//
// The sheet hide-pictures.css does the hiding; whoever calls inserts it between prepare() and hide().
// This part does what a sheet cannot: shadow roots, pictures in generated content. A colour behind
// words that lay on a picture is stand-ins.js. It hides too much rather than too little, and when
// something cannot be proved hidden it says so and nothing may be taken. It shows everything again by
// itself when the panel is closed, and when nothing was heard for half a minute.

(() => {
  const { dom, imagery, changes, shownPicture, standIns } = globalThis.handrail;
  if (globalThis.handrail.hiding) {
    return;
  }

  const { SHOWN } = changes;
  const VEIL = "data-handrail-veil";
  const GENERATED = /** @type {Record<string, string>} */ ({
    "::before": "data-handrail-before", "::after": "data-handrail-after",
  });
  const SILENCE = 30_000;

  /** From prepare() to restore(). */
  let active = false;
  /** The rules for shadow roots. */
  let css = "";
  let count = 0;
  /** Something could have been shown that nobody saw. */
  let lost = false;
  let watchdog = 0;
  const watcher = new MutationObserver(onChange);

  /**
   * Look at the page as it is, before the sheet is there.
   * @param {string} sheet
   * @param {import("./inject.js").Showing | null} [showing] whether one picture is to be pointed at, or
   *   the one that was pointed at is left to be seen
   * @returns {boolean} whether that one is still there
   */
  function prepare(sheet, showing = null) {
    restore();
    forget();
    // In a shadow root the rules begin with a heavy selector, to stand above those of the page.
    css = sheet.replaceAll(`:root:not([${SHOWN}])`, ":not(#handrail#handrail#handrail)");
    [active, count, lost] = [true, 0, false];
    standIns.begin();
    if (showing !== null) {
      shownPicture.note();
    }
    const there = showing === null || showing === "pointing" || shownPicture.begin();
    for (const root of dom.everyRoot()) {
      for (const element of dom.all(root)) {
        count += imagery.count(element) - (shownPicture.is(element) ? 1 : 0);
        if (!shownPicture.is(element)) {
          standIns.note(element);
        }
      }
    }
    return there;
  }

  /** Hide what the sheet alone cannot, and answer whether everything is hidden. Also again. */
  function hide() {
    keepWatch();
    dom.everyRoot().forEach(dress);
    if (active && !standIns.give(shownPicture.is)) {
      lost = true;
    }
    viewTransition()?.skipTransition?.();
    veilWhatCoversTheWindow();
    let faulty = findFaults();
    for (let round = 0; round < 3 && faulty.length > 0; round += 1) {
      faulty.forEach(mend);
      faulty = findFaults();
    }
    return reportOf(faulty);
  }

  /** Say what still shows imagery, or may have shown some since the last time. */
  function verify() {
    keepWatch();
    onChange(watcher.takeRecords());
    return reportOf(findFaults());
  }

  /** @param {Faulty[]} faulty */
  function reportOf(faulty) {
    const examples = faulty.map(({ element, faults }) => `${dom.name(element)} ${faults}`);
    const page = dom.page();
    if (!active || !page || dom.attribute(page, SHOWN) !== null) {
      examples.push("the page is shown");
    }
    if (viewTransition()) {
      examples.push("a view transition runs");
    }
    if (lost) {
      examples.push("something could have been shown");
      lost = false;
    }
    return {
      count, faults: examples.length, examples: examples.slice(0, 10), holds: shownPicture.holds(),
    };
  }

  /** Show the page again. Always possible, also twice. */
  function restore() {
    if (!active) {
      return;
    }
    active = false;
    clearTimeout(watchdog);
    watcher.disconnect();
    const page = dom.page();
    if (page) {
      dom.setAttribute(page, SHOWN, "");
    }
    shownPicture.end();
    globalThis.handrail.steps.restore();
    changes.undo();
    globalThis.handrail.mark.remove();
  }

  /** Remove the last trace, once the sheet is gone. */
  function forget() {
    const page = dom.page();
    if (page) {
      dom.removeAttribute(page, SHOWN);
    }
  }

  // ---------------------------------------------------------------- roots, old and new

  /** Give a root the rules, and watch it for new ones. @param {import("./inject.js").Root} root */
  function dress(root) {
    if (root instanceof ShadowRoot && !changes.hasSheet(root)) {
      changes.addSheet(root, css);
    }
    watcher.observe(root, { childList: true, subtree: true });
  }

  /**
   * Hide what came with new elements. This runs before the browser paints them.
   * @param {MutationRecord[]} records
   */
  function onChange(records) {
    for (const { addedNodes, removedNodes } of records) {
      for (const node of addedNodes) {
        const elements = withAllIn(node);
        const roots = rootsOf(elements);
        roots.forEach(dress);
        faultsOf(elements, dom.rootOf(node)).forEach(mend);
        roots.forEach((root) => faultsOf(dom.all(root), root).forEach(mend));
      }
      for (const node of removedNodes) {
        lost ||= rootsOf(withAllIn(node)).some((root) => !changes.hasSheet(root));
      }
    }
  }

  /** @param {Node} node @returns {Element[]} */
  function withAllIn(node) {
    return node instanceof Element ? [node, ...dom.all(node)] : [];
  }

  /** The shadow roots of some elements, and those inside them. @param {Element[]} elements */
  function rootsOf(elements) {
    /** @type {ShadowRoot[]} */
    const roots = [];
    const waiting = [...elements];
    for (const element of waiting) {
      const shadow = dom.shadowOf(element);
      if (shadow) {
        roots.push(shadow);
        waiting.push(...dom.all(shadow));
      }
    }
    return roots;
  }

  // ---------------------------------------------------------------- finding and mending

  /** @typedef {{ element: Element, root: Node, faults: string[] }} Faulty */

  function findFaults() {
    /** @type {Faulty[]} */
    const found = [];
    for (const root of dom.everyRoot()) {
      if (root instanceof ShadowRoot && !changes.hasSheet(root)) {
        dress(root);
        found.push({ element: root.host, root, faults: ["without rules"] });
      }
      found.push(...faultsOf(dom.all(root), root));
    }
    return found;
  }

  /** @param {Element[]} elements @param {Node} root @returns {Faulty[]} */
  function faultsOf(elements, root) {
    return elements.map((element) => ({
      element, root,
      faults: imagery.faults(element).filter((fault) => !shownPicture.allows(element, fault)),
    })).filter(({ faults }) => faults.length > 0);
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
      const mark = GENERATED[fault];
      if (mark && dom.attribute(element, mark) === null) {
        changes.mark(element, mark);
      } else if (root instanceof ShadowRoot && fault !== "without rules") {
        if (fault.startsWith("::") || changes.hasStyle(element, fault)) {
          changes.setStyle(root.host, "display", "none");
        } else {
          const none = fault === "filter" && imagery.isPicture(element) ? "contrast(0)" : "none";
          changes.setStyle(element, fault, MENDED[fault] ?? none);
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
        if (width > 0 && height > 0 && width * height > innerWidth * innerHeight * 0.6
          && dom.attribute(element, VEIL) === null && !shownPicture.is(element)) {
          changes.mark(element, VEIL);
        }
      }
    }
  }

  /** @returns {{ skipTransition?: () => void } | null} */
  function viewTransition() {
    const getter = Object.getOwnPropertyDescriptor(Document.prototype, "activeViewTransition")?.get;
    const running = getter ? Reflect.apply(getter, document, []) : null;
    /** @type {Animation[]} */
    const animations = Reflect.apply(Document.prototype.getAnimations, document, []);
    const painted = animations.some(({ effect }) => effect instanceof KeyframeEffect
      && effect.pseudoElement?.startsWith("::view-transition"));
    return running ?? (painted ? {} : null);
  }

  // ---------------------------------------------------------------- when nobody is there any more

  function keepWatch() {
    clearTimeout(watchdog);
    watchdog = window.setTimeout(restore, SILENCE);
  }

  /** Somebody is still there. */
  function hear() {
    if (active) {
      keepWatch();
    }
  }

  // The panel holds a line to this page while it takes it. A closed panel ends the line.
  // eslint-disable-next-line no-restricted-globals -- the only way to notice a closed panel
  chrome.runtime.onConnect.addListener((line) => {
    if (line.name === "handrail-hiding") {
      line.onDisconnect.addListener(restore);
    }
  });
  window.addEventListener("pagehide", restore);

  globalThis.handrail.hiding = { prepare, hide, verify, hear, restore, forget };
})();
