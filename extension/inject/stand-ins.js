// Gives words a colour to stand on where the gradient or the photo behind them is hidden: white words
// would be white on white. Also those that come later, or whose element is used again for another
// message, as lists do. What colour it is says imagery.js; hiding is hide-pictures.js.
//
// What a hidden page would show cannot be read from it. So for what it has not seen yet it takes the
// rules away, reads, and puts them back, all in one go: a browser paints nothing in between.

(() => {
  const { dom, imagery, changes } = globalThis.handrail;
  if (globalThis.handrail.standIns) {
    return;
  }

  const COLOUR = "background-color";
  /** What looks alike: an element and so many around it have the same classes. */
  const LEVELS = 4;

  /** What each kind stands on; null: on nothing that is hidden. @type {Map<string, string | null>} */
  let known = new Map();
  /** Kinds that stand on this and on that. @type {Set<string>} */
  let various = new Set();
  /** The kind of each element when it was looked at. @type {WeakMap<Element, string>} */
  let looked = new WeakMap();
  /** What has a colour of ours. @type {WeakSet<Element>} */
  let given = new WeakSet();
  /** @type {[Element, string | null][]} */
  let waiting = [];

  /** Forget everything: a page is about to be looked at as it is. */
  function begin() {
    [known, various, looked, waiting] = [new Map(), new Set(), new WeakMap(), []];
    given = new WeakSet();
  }

  /** Note what an element stands on, while nothing is hidden. @param {Element} element */
  function note(element) {
    if (hasWords(element)) {
      learn(element, kindOf(element));
    }
  }

  /**
   * Put a colour behind the words of all that were noted or came since.
   * @param {(element: Element) => boolean} isLeft whether an element is left as it is
   * @returns {boolean} false: the page itself has taken the rules away
   */
  function give(isLeft) {
    putAll();
    const strange = dom.everyRoot().flatMap((root) => dom.all(root))
      .map((element) => /** @type {const} */ ([element, kindOf(element)]))
      .filter(([element, kind]) => looked.get(element) !== kind && !isLeft(element)
        && hasWords(element) && !isKnown(element, kind));
    const isRead = strange.length === 0 || changes.without(() => (
      strange.forEach(([element, kind]) => learn(element, kind))));
    putAll();
    return isRead;
  }

  /** Whether it is like what was seen before; then it gets the same. @param {Element} element
   * @param {string} kind */
  function isKnown(element, kind) {
    const colour = known.get(kind);
    if (colour === undefined || various.has(kind)) {
      return false;
    }
    looked.set(element, kind);
    waiting.push([element, colour]);
    return true;
  }

  /** See what an element stands on, while nothing is hidden. @param {Element} element
   * @param {string} kind */
  function learn(element, kind) {
    const colour = imagery.stands(element);
    if (known.has(kind) && known.get(kind) !== colour) {
      various.add(kind);
    }
    known.set(kind, colour);
    looked.set(element, kind);
    waiting.push([element, colour]);
  }

  function putAll() {
    for (const [element, colour] of waiting) {
      if (given.delete(element)) {
        changes.takeBack(element, COLOUR);
      }
      if (colour !== null) {
        changes.setStyle(element, COLOUR, colour);
        given.add(element);
      }
    }
    waiting = [];
  }

  /** @param {Element} element */
  function hasWords(element) {
    return dom.isLaidOut(element) && dom.text(element).trim() !== "";
  }

  /** @param {Element} element */
  function kindOf(element) {
    /** @type {string[]} */
    const names = [];
    /** @type {Element | null} */
    let one = element;
    for (let level = 0; one && level < LEVELS; level += 1) {
      names.push(dom.name(one), dom.attribute(one, "class") ?? "", ownImage(one));
      one = dom.above(one);
    }
    return names.join("\n");
  }

  /** What an element itself says of its background, beside its classes. @param {Element} element */
  function ownImage(element) {
    const written = dom.attribute(element, "style");
    const style = written === null ? null : dom.style(element);
    if (!style || !written) {
      return "";
    }
    const variables = written.includes("--") ? [...style].filter((name) => name.startsWith("--")) : [];
    return [...variables, "background-image"].map((name) => style.getPropertyValue(name)).join();
  }

  globalThis.handrail.standIns = { begin, note, give };
})();
