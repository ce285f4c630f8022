// Reads the messages that a part of the window shows: where each stands, on whose side, what it says,
// and the time that the page gives for it.
//
// Many chats say nothing of all this in their structure, so a row is found by its layout: what is
// stacked from top to bottom over the width of the conversation. A row keeps its id as long as its
// element says the same or stays where it is; lists use an element again for another message.

(() => {
  const { dom, imagery } = globalThis.handrail;
  if (globalThis.handrail.rows) {
    return;
  }

  const NAMED = new Set(["row", "article", "listitem"]);
  const MARKS = ["data-mid", "data-id", "data-message-id", "data-pre-plain-text", "data-timestamp"];
  const LONGEST = 20_000;
  const NEAR = 4;

  const innerText = dom.reader(HTMLElement.prototype, "innerText");

  /** @type {WeakMap<Element, { id: number, text: string, at: number }>} */
  const known = new WeakMap();
  let last = 0;

  /** @param {import("./inject.js").Box} box @param {number} at @returns {import("./inject.js").Row[]} */
  function within(box, at) {
    const scroller = globalThis.handrail.scroller.element();
    if (!scroller) {
      return [];
    }
    const whole = globalThis.handrail.scroller.box();
    /** @type {Element[]} */
    const found = [];
    gather(scroller, box, found);
    return found.map((element) => rowOf(element, box, whole, at))
      .sort((one, other) => one.top - other.top);
  }

  /**
   * Gather the rows inside an element.
   * @param {Element} element
   * @param {import("./inject.js").Box} box
   * @param {Element[]} found
   */
  function gather(element, box, found) {
    for (const child of childrenOf(element)) {
      const place = dom.box(child);
      const shown = place.width > 0 && place.height > 0;
      if (shown && !dom.meets(place, box)
        && !childrenOf(child).some((one) => dom.meets(dom.box(one), box))) {
        continue;
      }
      if (isNamed(child) && !dom.all(child).some(isNamed)) {
        if (shown && says(child)) {
          found.push(child);
        }
      } else if (!shown || holdsRows(child, box)) {
        gather(child, box, found);
      } else if (says(child)) {
        found.push(child);
      }
    }
  }

  /** Whether the page itself calls an element a message. @param {Element} element */
  function isNamed(element) {
    return NAMED.has(dom.attribute(element, "role") ?? "") || dom.name(element) === "li"
      || dom.name(element) === "article"
      || MARKS.some((name) => dom.attribute(element, name) !== null);
  }

  /** Whether an element is a list of rows, or around one. @param {Element} element
   * @param {import("./inject.js").Box} box @returns {boolean} */
  function holdsRows(element, box) {
    const inner = childrenOf(element).filter((child) => {
      const { width, height } = dom.box(child);
      return height > 0 && width >= box.width * 0.5;
    });
    if (inner.length === 0) {
      return dom.box(element).height > box.height && childrenOf(element).length > 0;
    }
    return inner.length > 1 || dom.all(element).some(isNamed) || holdsRows(
      /** @type {Element} */ (inner[0]), box);
  }

  /** Whether there is anything to a row: words or a picture. @param {Element} element */
  function says(element) {
    return getComputedStyle(element).visibility === "visible"
      && (textOf(element) !== "" || [element, ...dom.all(element)].some(imagery.isPicture));
  }

  /**
   * @param {Element} element
   * @param {import("./inject.js").Box} box
   * @param {import("./inject.js").Box} whole
   * @param {number} at
   */
  function rowOf(element, box, whole, at) {
    const place = dom.box(element);
    const text = textOf(element).slice(0, LONGEST).toWellFormed();
    return {
      id: idOf(element, text, at + place.top - whole.top),
      top: Math.round(place.top - box.top), left: Math.round(place.left - box.left),
      width: Math.round(place.width), height: Math.round(place.height),
      side: sideOf(element, whole), time: timeOf(element), text,
    };
  }

  /** @param {Element} element @param {string} text @param {number} at */
  function idOf(element, text, at) {
    const before = known.get(element);
    const same = before && (before.text === text || Math.abs(before.at - at) <= NEAR);
    const id = same ? before.id : last += 1;
    known.set(element, { id, text, at });
    return id;
  }

  /** The words of an element as they are laid out, in its shadow roots too. @param {Element} element
   * @returns {string} */
  function textOf(element) {
    const own = element instanceof HTMLElement ? innerText(element) : dom.text(element);
    const parts = [own, ...rootsIn(element).map((root) => childrenOf(root)
      .filter((one) => !/^(?:style|script|link)$/.test(dom.name(one))).map(textOf).join("\n"))];
    return parts.map((part) => part.trim()).filter(Boolean).join("\n").trim();
  }

  /**
   * Say on whose side a message stands: one's own are on the side where lines end.
   * @param {Element} element
   * @param {import("./inject.js").Box} whole
   * @returns {import("./inject.js").Row["side"]}
   */
  function sideOf(element, whole) {
    const { left, right } = contentOf(element, whole.width * 0.95);
    if (right <= left) {
      return "unknown";
    }
    const before = left - whole.left;
    const after = whole.left + whole.width - right;
    const rightToLeft = getComputedStyle(element).direction === "rtl";
    const [start, end] = rightToLeft ? [after, before] : [before, after];
    if (start > end + whole.width * 0.12) {
      return "own";
    }
    if (end > start + whole.width * 0.12) {
      return "theirs";
    }
    return Math.min(start, end) > whole.width * 0.15 ? "middle" : "unknown";
  }

  /** How far from left to right the words and bubbles of a row reach.
   * @param {Element} element @param {number} wide */
  function contentOf(element, wide) {
    let [left, right] = [Infinity, -Infinity];
    const range = document.createRange();
    for (const one of [element, ...insideOf(element)]) {
      const style = getComputedStyle(one);
      const painted = one !== element && style.backgroundColor !== "rgba(0, 0, 0, 0)";
      if (painted || imagery.isPicture(one)) {
        const place = dom.box(one);
        // What is painted from side to side is no bubble.
        if (place.width > 0 && place.width < wide) {
          [left, right] = [Math.min(left, place.left), Math.max(right, place.right)];
        }
      }
      for (let node = dom.firstChild(one); node; node = dom.nextSibling(node)) {
        if (node instanceof Text && dom.text(node).trim() !== "") {
          range.selectNodeContents(node);
          const place = range.getBoundingClientRect();
          if (place.width > 0) {
            [left, right] = [Math.min(left, place.left), Math.max(right, place.right)];
          }
        }
      }
    }
    return { left, right };
  }

  /** @param {Element} element @returns {Element[]} */
  function insideOf(element) {
    return [element, ...rootsIn(element)].flatMap((one) => dom.all(one));
  }

  /** @param {Element} element */
  function rootsIn(element) {
    return [element, ...dom.all(element)].flatMap((one) => dom.shadowOf(one) ?? []);
  }

  /** The time of a message, in the words of the page. @param {Element} element */
  function timeOf(element) {
    for (const one of [element, ...insideOf(element)]) {
      const time = (dom.name(one) === "time" && dom.attribute(one, "datetime"))
        || dom.attribute(one, "data-timestamp")
        || /^\[([^\]]+)\]/.exec(dom.attribute(one, "data-pre-plain-text") ?? "")?.[1];
      if (time) {
        return time.slice(0, 4_096).toWellFormed();
      }
    }
    return null;
  }

  /** The elements right inside, those of a shadow root in place of its host's own. @param {Element | ShadowRoot} element */
  function childrenOf(element) {
    const shadow = element instanceof Element ? dom.shadowOf(element) : null;
    /** @type {Element[]} */
    const children = [];
    for (let node = dom.firstChild(shadow ?? element); node; node = dom.nextSibling(node)) {
      if (node instanceof HTMLSlotElement) {
        children.push(...node.assignedElements());
      } else if (node instanceof Element) {
        children.push(node);
      }
    }
    return children;
  }

  globalThis.handrail.rows = { within };
})();
