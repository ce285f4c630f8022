// What we change in a page while it is hidden, each change remembered so that it can be put back:
// a sheet in a shadow root, an inline style, a mark for the rules of hide-pictures.css.

(() => {
  const { dom } = globalThis.handrail;
  if (globalThis.handrail.changes) {
    return; // What was changed before is remembered there.
  }

  /** While the page has this, no rule of hide-pictures.css applies. */
  const SHOWN = "data-handrail-shown";
  /** @type {Map<ShadowRoot, CSSStyleSheet>} */
  const sheets = new Map();
  /** @type {{ element: Element, name: string }[]} */
  let marks = [];
  /**
   * @type {{ element: Element, property: string, value: string, priority: string, bare: boolean }[]}
   */
  let styles = [];

  /**
   * Give a shadow root a sheet. There it is the page's equal, so it stands in a layer: !important in
   * a layer stands above !important outside it.
   * @param {ShadowRoot} root
   * @param {string} css
   */
  function addSheet(root, css) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@layer handrail { ${css} }`);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    sheets.set(root, sheet);
  }

  /** Whether our sheet is still there; a page can throw it out. @param {ShadowRoot} root */
  function hasSheet(root) {
    const sheet = sheets.get(root);
    return sheet !== undefined && root.adoptedStyleSheets.includes(sheet);
  }

  /** @param {Element} element @param {string} name */
  function mark(element, name) {
    dom.setAttribute(element, name, "");
    marks.push({ element, name });
  }

  /** @param {Element} element @param {string} property @param {string} value */
  function setStyle(element, property, value) {
    const style = dom.style(element);
    if (!style) {
      return;
    }
    styles.push({
      element, property,
      value: style.getPropertyValue(property),
      priority: style.getPropertyPriority(property),
      bare: dom.attribute(element, "style") === null,
    });
    style.setProperty(property, value, "important");
  }

  /** @param {Element} element @param {string} property */
  function hasStyle(element, property) {
    return styles.some((one) => one.element === element && one.property === property);
  }

  /** Take one style back. @param {Element} element @param {string} property */
  function takeBack(element, property) {
    const at = styles.findLastIndex((one) => one.element === element && one.property === property);
    styles.splice(at, at < 0 ? 0 : 1).forEach(putBack);
  }

  /** @param {(typeof styles)[number]} change */
  function putBack({ element, property, value, priority, bare }) {
    const style = dom.style(element);
    // What is not !important any more, the page has written anew.
    if (style?.getPropertyPriority(property) === "important") {
      style.setProperty(property, value, priority);
    }
    if (bare && dom.attribute(element, "style") === "") {
      dom.removeAttribute(element, "style");
    }
  }

  /**
   * Take the rules away, do something, and put them back. It must not wait for anything: the browser
   * paints nothing before it ends.
   * @param {() => void} act
   * @returns {boolean} false: it was not done, the page itself has taken the rules away
   */
  function without(act) {
    const page = dom.page();
    if (!page || dom.attribute(page, SHOWN) !== null) {
      return false;
    }
    const all = [...sheets.values()];
    dom.setAttribute(page, SHOWN, "");
    all.forEach((sheet) => { sheet.disabled = true; });
    try {
      act();
    } finally {
      all.forEach((sheet) => { sheet.disabled = false; });
      dom.removeAttribute(page, SHOWN);
    }
    return true;
  }

  /** Take everything back, the last change first. */
  function undo() {
    for (const [root, sheet] of sheets) {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
    }
    for (const { element, name } of marks) {
      dom.removeAttribute(element, name);
    }
    styles.reverse().forEach(putBack);
    sheets.clear();
    [marks, styles] = [[], []];
  }

  globalThis.handrail.changes = {
    SHOWN, addSheet, hasSheet, mark, setStyle, hasStyle, takeBack, without, undo,
  };
})();
