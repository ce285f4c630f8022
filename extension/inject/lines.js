// Reads what text can be seen in a part of the window, and where each piece of it stands: in the
// document and in every shadow root. And compares: how far things moved from one look to the next, and
// where it is that was seen before. What is looked at, and when, is steps.js.

(() => {
  const { dom } = globalThis.handrail;

  /** How many things are remembered: the first ones, to find back there, and the latest ones. */
  const REMEMBERED = { first: 600, latest: 600 };
  /** The same words farther away are another message, in CSS pixels. */
  const SAME = 200;
  /** What is cut to so few CSS pixels is not seen, and how far above its words the cut is looked for. */
  const [POINT, LEVELS] = [2, 3];
  /** The share of what is in sight and could be known that must agree, and of what is known. */
  const ENOUGH = { sight: 0.2, known: 0.4 };

  /** @typedef {import("./inject.js").Seen} Seen */

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
          const around = dom.above(node);
          const place = { left, top, width, height };
          if (height > 0 && width > 0 && dom.meets(place, box) && around && isSeen(around)) {
            found.push({ node, text, ...place });
          }
        }
      }
    }
    return found;
  }

  /**
   * Whether words in an element can be seen. Words for those who listen are often cut to one pixel and
   * placed freely: such words stand still while everything around them moves.
   * @param {Element} element
   */
  function isSeen(element) {
    if (getComputedStyle(element).visibility !== "visible") {
      return false;
    }
    /** @type {Element | null} */
    let around = element;
    for (let levels = 0; around && levels < LEVELS; levels += 1) {
      const { width, height } = dom.box(around);
      if (Math.min(width, height) <= POINT && getComputedStyle(around).overflow !== "visible") {
        return false;
      }
      around = dom.above(around);
    }
    return true;
  }

  /**
   * Say how far things moved down on the screen: as far as most of them did. A few words that say
   * the same are no proof: after a jump an "ok" may stand where another "ok" was.
   * @param {readonly Seen[]} before
   * @param {readonly Seen[]} after
   * @returns {number | null} null when too little is the same
   */
  function displacement(before, after) {
    const ones = unique(before);
    const nodes = new Map(before.map((line) => [line.node, line]));
    return vote(after, (line, isOnce) => {
      const same = nodes.get(line.node);
      return same?.text === line.text ? same : isOnce ? alike(ones.get(line.text), line) : undefined;
    });
  }

  /**
   * @param {readonly Seen[]} after
   * @param {(line: Seen, isOnce: boolean) => { top: number } | undefined} find where it was before
   * @returns {number | null}
   */
  function vote(after, find) {
    const others = unique(after);
    /** @type {{ by: number, weight: number }[]} */
    const votes = [];
    let sight = 0;
    for (const line of after) {
      const isOnce = others.get(line.text) === line;
      const same = find(line, isOnce);
      const weight = Math.min(line.text.length + 4, 40);
      sight += same || isOnce ? weight : 0;
      if (same) {
        votes.push({ by: line.top - same.top, weight });
      }
    }
    const known = votes.reduce((sum, { weight }) => sum + weight, 0);
    let best = { by: 0, weight: 0 };
    for (const { by } of votes) {
      const weight = votes.filter((other) => Math.abs(other.by - by) <= 1)
        .reduce((sum, other) => sum + other.weight, 0);
      if (weight > best.weight) {
        best = { by, weight };
      }
    }
    return best.weight > known * ENOUGH.known && best.weight > sight * ENOUGH.sight ? best.by : null;
  }

  /** @param {Seen | null | undefined} one @param {Seen} other */
  function alike(one, other) {
    return one && Math.abs(one.left - other.left) < 2 && Math.abs(one.height - other.height) < 2
      ? one : undefined;
  }

  /** The lines whose words stand there only once. @param {readonly Seen[]} lines */
  function unique(lines) {
    /** @type {Map<string, Seen>} */
    const once = new Map();
    const often = new Set([""]);
    for (const line of lines) {
      if (once.has(line.text)) {
        often.add(line.text);
      }
      once.set(line.text, line);
    }
    often.forEach((text) => once.delete(text));
    return once;
  }

  /** What was seen and where it stands on the capture's own scale: by its words, or itself. */
  function makeMemory() {
    /** Null: in several places. @type {Map<string | Node, Seen | null>} */
    const known = new Map();
    return {
      /** @param {readonly Seen[]} seen @param {number} at */
      add(seen, at) {
        const once = unique(seen);
        for (const line of seen) {
          const isOne = once.get(line.text) === line;
          if (!isOne && line.text !== "") {
            known.set(line.text, null);
          }
          // The same words twice: each is known by itself, as long as the page keeps it.
          const key = isOne ? line.text : line.node;
          const place = { ...line, top: line.top + at };
          const before = known.get(key);
          const moved = before ? Math.abs(before.top - place.top) > SAME : before === null;
          known.set(key, moved ? null : place);
        }
        [...known.keys()].slice(REMEMBERED.first, -REMEMBERED.latest)
          .forEach((key) => known.delete(key));
      },
      /** Where it is when this is in sight. @param {readonly Seen[]} seen @returns {number | null} */
      recall(seen) {
        const by = vote(seen, (line, isOnce) => {
          const itself = known.get(line.node);
          return (isOnce ? alike(known.get(line.text), line) : undefined)
            ?? (itself?.text === line.text ? alike(itself, line) : undefined);
        });
        return by === null ? null : -by;
      },
    };
  }

  globalThis.handrail.lines = { within, displacement, makeMemory };
})();
