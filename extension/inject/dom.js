// Reads a page's document without trusting the page's own names for things.
//
// An isolated world has prototypes of its own, so a page cannot replace functions. But a form and a
// document answer to the names of what they contain ([LegacyOverrideBuiltIns] in the HTML standard):
// <form><input name="attributes"> makes `form.attributes` that input, here too. So every property is
// read through its prototype. Comes first of the injected scripts; the others add to `handrail`.

(() => {
  // A page's <div id="handrail"> answers to this name as well, and must not be taken for it.
  if (!Object.hasOwn(globalThis, "handrail")) {
    globalThis.handrail = /** @type {import("./inject.js").InPage} */ ({});
  }

  /**
   * Give a property's own getter.
   * @template {object} T
   * @template {keyof T & string} K
   * @param {T} prototype
   * @param {K} property
   * @returns {(object: T) => T[K]}
   */
  function reader(prototype, property) {
    const getter = Object.getOwnPropertyDescriptor(prototype, property)?.get;
    if (getter === undefined) {
      throw new TypeError(`this browser has no ${property}`);
    }
    return (object) => Reflect.apply(getter, object, []);
  }

  const rootElement = reader(Document.prototype, "documentElement");
  const htmlStyle = reader(HTMLElement.prototype, "style");
  const svgStyle = reader(SVGElement.prototype, "style");
  const attributes = reader(Element.prototype, "attributes");
  const parentNode = reader(Node.prototype, "parentNode");

  /** @type {import("./inject.js").Dom} */
  const dom = {
    reader,
    page() {
      const root = rootElement(document);
      return root instanceof HTMLHtmlElement ? root : null;
    },
    all(within) {
      const { querySelectorAll } = within instanceof Document ? Document.prototype
        : within instanceof Element ? Element.prototype : DocumentFragment.prototype;
      return [.../** @type {NodeListOf<Element>} */ (
        Reflect.apply(querySelectorAll, within, ["*"]))];
    },
    everyRoot() {
      /** @type {import("./inject.js").Root[]} */
      const roots = [document];
      for (const root of roots) {
        for (const element of dom.all(root)) {
          const shadow = dom.shadowOf(element);
          if (shadow) {
            roots.push(shadow);
          }
        }
      }
      return roots;
    },
    shadowOf,
    name: reader(Element.prototype, "localName"),
    namespace: reader(Element.prototype, "namespaceURI"),
    attributes: (element) => [...attributes(element)],
    attribute: (element, name) => Reflect.apply(Element.prototype.getAttribute, element, [name]),
    setAttribute(element, name, value) {
      Reflect.apply(Element.prototype.setAttribute, element, [name, value]);
    },
    removeAttribute(element, name) {
      Reflect.apply(Element.prototype.removeAttribute, element, [name]);
    },
    rootOf: (node) => Reflect.apply(Node.prototype.getRootNode, node, []),
    isConnected: reader(Node.prototype, "isConnected"),
    above(node) {
      const parent = parentNode(node);
      return parent instanceof ShadowRoot ? parent.host : parent instanceof Element ? parent : null;
    },
    contains(outer, node) {
      let at = node;
      while (at !== null && at !== outer) {
        at = dom.above(at);
      }
      return at !== null;
    },
    firstChild: reader(Node.prototype, "firstChild"),
    nextSibling: reader(Node.prototype, "nextSibling"),
    kind: reader(Node.prototype, "nodeType"),
    text: (node) => reader(Node.prototype, "textContent")(node) ?? "",
    style(element) {
      if (element instanceof HTMLElement) {
        return htmlStyle(element);
      }
      return element instanceof SVGElement ? svgStyle(element) : null;
    },
    box: (element) => Reflect.apply(Element.prototype.getBoundingClientRect, element, []),
    meets: (one, other) => (
      one.top < other.top + other.height && one.top + one.height > other.top
      && one.left < other.left + other.width && one.left + one.width > other.left),
    isLaidOut: (element) => Reflect.apply(Element.prototype.checkVisibility, element, []),
  };

  /**
   * Open a shadow root, closed ones too. Only elements of HTML can have one.
   * @param {Element} element
   * @returns {ShadowRoot | null}
   */
  function shadowOf(element) {
    if (!(element instanceof HTMLElement)) {
      return null;
    }
    // eslint-disable-next-line no-restricted-globals -- only this opens closed shadow roots
    const opener = typeof chrome === "object" ? chrome.dom : undefined;
    if (opener) {
      return /** @type {ShadowRoot | null} */ (opener.openOrClosedShadowRoot(element));
    }
    // Firefox gives extensions the same as a property.
    const { openOrClosedShadowRoot } = (
      /** @type {{ openOrClosedShadowRoot?: ShadowRoot | null }} */ (
        /** @type {unknown} */ (element)));
    if (openOrClosedShadowRoot === undefined) {
      throw new TypeError("this browser does not open closed shadow roots");
    }
    return openOrClosedShadowRoot;
  }

  globalThis.handrail.dom = dom;
})();
