// Copies the text and the structure of a page, in the document and in its shadow roots.
//
// It writes HTML of its own, from a short list of attributes: no imagery and no address of any, no
// scripts, no styles, nothing that runs or loads. Where a picture is, a placeholder says its size and
// its alternative text. What a person typed is kept, but never a password and nothing that looks like
// one. The copy is kept as text (page.html.txt) and never shown as a page.

(() => {
  const { dom, imagery } = globalThis.handrail;

  const HEAD = '<meta charset="utf-8">'
    + '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">';

  /** What styles put beside an element, when it is nothing but words. */
  const GENERATED = /^(?:(?:"(?:[^"\\]|\\.)*"|attr\(\s*[-\w]+\s*\))\s*)+$/;

  /** Elements whose content is for machines. */
  const DROPPED = new Set([
    "base", "head", "link", "meta", "noembed", "noframes", "noscript", "param", "script", "source",
    "style", "template", "track",
  ]);
  /** The HTML parser reads these in ways of its own, so their content stands in another element. */
  const RENAMED = new Map([
    ["image", "span"], ["listing", "pre"], ["picture", "span"], ["plaintext", "pre"],
    ["title", "span"], ["xmp", "pre"],
  ]);
  const VOID = new Set(["area", "br", "col", "hr", "input", "wbr"]);
  const SVG = "http://www.w3.org/2000/svg";
  /** Of a drawing only the words are copied. */
  const WORDS_OF_DRAWINGS = new Set(["desc", "text", "title"]);
  /** The browser lays these out in a window of their own. */
  const IN_LISTS = new Set(["optgroup", "option"]);

  const KEPT = new Set([
    "abbr", "cite", "class", "colspan", "datetime", "dir", "disabled", "for", "headers", "id",
    "itemprop", "label", "lang", "name", "open", "placeholder", "reversed", "role", "rowspan", "scope",
    "slot", "span", "start", "summary", "title", "type",
  ]);
  const LINKS = new Set(["http:", "https:", "mailto:", "sms:", "tel:"]);
  const NAMES_IMAGERY = /url\(|image-set\(|\bdata:|\bblob:/i;
  const MAY_NAME_IMAGERY = /\/\/|\.(?:jpe?g|png|gif|webp|avif|heic|svg|mp4|webm|mov|m3u8)\b/i;

  const TYPED = new Set([
    "color", "date", "datetime-local", "email", "month", "number", "range", "search", "tel", "text",
    "time", "url", "week",
  ]);
  const BUTTONS = new Set(["button", "reset", "submit"]);
  const SECRET = /pass|pwd|secret|token|csrf|otp|one-time|\bpin\b|cvv|cvc|csc|card|\bcc-/i;

  const LONGEST_VALUE = 4_000;
  const LONGEST_COPY = 16_000_000;

  /** @typedef {{ next: Node | null, close: string, shown: boolean }} Level */

  /** @type {Record<string, number>} */
  let notRead = {};
  /** @type {string[]} */
  let written = [];
  let length = 0;

  function copyPage() {
    [notRead, written, length] = [{}, [], 0];
    const page = dom.page();
    if (page) {
      const title = escapeText(globalThis.handrail.readPage().title);
      write(`<!doctype html>\n<html${attributesOf(page)}><head>${HEAD}<title>${title}</title></head>`);
      copyInside(page);
    }
    return { html: written.join(""), not_read: notRead };
  }

  /**
   * Copy what is inside an element. What is open is kept in a list, because a page can be nested
   * deeper than functions can call each other.
   * @param {Element} top
   */
  function copyInside(top) {
    /** @type {Level[]} */
    const levels = [{ next: dom.firstChild(top), close: "</html>\n", shown: true }];
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const { next, close, shown } = level;
      if (next) {
        level.next = dom.nextSibling(next);
        levels.push(...copyNode(next, shown));
      } else {
        write(close);
        levels.pop();
      }
    }
  }

  /**
   * Copy one node, and give the levels to go into: what is in it, and last its shadow root.
   * @param {Node} node
   * @param {boolean} shown whether all around it is shown
   * @returns {Level[]}
   */
  function copyNode(node, shown) {
    if (length > LONGEST_COPY) {
      miss("too-long");
      return [];
    }
    if (node instanceof Text) {
      write(escapeText(dom.text(node)));
    }
    return node instanceof Element ? copyElement(node, shown) : [];
  }

  /**
   * @param {Element} element
   * @param {boolean} shown
   * @returns {Level[]}
   */
  function copyElement(element, shown) {
    const own = dom.name(element);
    const drawn = dom.namespace(element) === SVG;
    if (DROPPED.has(own) || isKeptSecret(element)) {
      return [];
    }
    if (imagery.isPicture(element) || own === "audio") {
      copyPlaceholder(element);
      return [];
    }
    if (drawn && own !== "svg" && !WORDS_OF_DRAWINGS.has(own)) {
      return [{ next: dom.firstChild(element), close: "", shown }];
    }
    const laidOut = shown && (
      dom.isLaidOut(element) || displayOf(element) === "contents" || IN_LISTS.has(own));
    const unseen = shown && !laidOut ? ' data-not-shown=""' : "";
    const name = drawn ? "span" : nameOf(own);
    write(`<${name}${attributesOf(element)}${laidOut ? generatedText(element) : ""}${unseen}`);
    write(own === "svg" ? ' data-picture="svg">' : ">");
    if (element instanceof HTMLTextAreaElement) {
      write(`\n${escapeText(looksSecret(element) ? "" : element.value)}</textarea>`);
      return [];
    }
    if (VOID.has(name)) {
      return [];
    }
    /** @type {Level[]} */
    const levels = [{ next: dom.firstChild(element), close: `</${name}>`, shown: laidOut }];
    const shadow = dom.shadowOf(element);
    if (shadow) {
      write(`<template shadowrootmode="${shadow.mode}">`);
      levels.push({ next: dom.firstChild(shadow), close: "</template>", shown: laidOut });
    }
    return levels;
  }

  /** @param {Element} element */
  function copyPlaceholder(element) {
    const { width, height } = dom.box(element);
    const words = ["alt", "aria-label", "title"].map((name) => dom.attribute(element, name))
      .find(Boolean);
    write(`<span role="img" data-picture="${nameOf(dom.name(element))}"`
      + ` data-width="${Math.round(width)}" data-height="${Math.round(height)}"`
      + `${words ? attribute("aria-label", words) : ""}></span>`);
    if (imagery.isFrame(element)) {
      miss("frame");
    } else if (element instanceof HTMLCanvasElement) {
      miss("canvas");
    }
  }

  // ---------------------------------------------------------------- attributes

  /** @param {Element} element */
  function attributesOf(element) {
    const kept = dom.attributes(element).filter(({ name, value }) => isKept(name, value));
    return kept.map(({ name, value }) => attribute(name, value)).join("")
      + linkOf(element) + valueOf(element);
  }

  /** @param {string} name @param {string} value */
  function isKept(name, value) {
    if (value.length > LONGEST_VALUE || NAMES_IMAGERY.test(value) || name.startsWith("data-handrail")) {
      return false;
    }
    if (/^data-[a-z0-9_.-]+$/.test(name)) {
      return !/src|poster|image|img|photo|thumb|background/.test(name) && !MAY_NAME_IMAGERY.test(value);
    }
    return KEPT.has(name) || /^aria-[a-z]+$/.test(name);
  }

  /** Where a link leads: it can name an account. @param {Element} element */
  function linkOf(element) {
    const leads = element instanceof HTMLAnchorElement || element instanceof HTMLAreaElement;
    return leads && LINKS.has(element.protocol) ? attribute("href", element.href) : "";
  }

  /** What was typed or chosen. @param {Element} element */
  function valueOf(element) {
    if (element instanceof HTMLOptionElement) {
      return element.selected ? attribute("selected", "") : "";
    }
    if (!(element instanceof HTMLInputElement)) {
      return "";
    }
    const { type, value, checked } = element;
    if (type === "checkbox" || type === "radio") {
      return checked ? attribute("checked", "") : "";
    }
    const kept = BUTTONS.has(type) || (TYPED.has(type) && !looksSecret(element));
    return kept && value !== "" && !NAMES_IMAGERY.test(value) ? attribute("value", value) : "";
  }

  /** Fields that a person never sees hold keys of the site. @param {Element} element */
  function isKeptSecret(element) {
    return element instanceof HTMLInputElement && element.type === "hidden";
  }

  /** A shown password is a text field like any other, but for its names. @param {Element} element */
  function looksSecret(element) {
    return ["autocomplete", "name", "id", "aria-label", "placeholder"].some(
      (name) => SECRET.test(dom.attribute(element, name) ?? ""));
  }

  /** Words that the page's styles put before and after an element. @param {Element} element */
  function generatedText(element) {
    if (element instanceof HTMLInputElement) {
      return ""; // has neither, and what it holds may be a secret
    }
    return ["before", "after"].map((side) => {
      const { content } = getComputedStyle(element, `::${side}`);
      const words = GENERATED.test(content) ? wordsOf(element, content) : "";
      return /[\p{L}\p{N}]/u.test(words) ? attribute(`data-${side}`, words) : "";
    }).join("");
  }

  /**
   * Put the words together: Chromium gives one text, Firefox the texts and the names of attributes.
   * @param {Element} element
   * @param {string} content
   */
  function wordsOf(element, content) {
    return content.replace(
      /"((?:[^"\\]|\\.)*)"\s*|attr\(\s*([-\w]+)\s*\)\s*/g,
      (_, text, name) => (
        name === undefined ? text.replace(/\\(.)/g, "$1") : dom.attribute(element, name) ?? ""));
  }

  // ---------------------------------------------------------------- writing

  /** @param {string} html */
  function write(html) {
    written.push(html);
    length += html.length;
  }

  /** @param {string} what */
  function miss(what) {
    notRead[what] = (notRead[what] ?? 0) + 1;
  }

  /** @param {Element} element */
  function displayOf(element) {
    return getComputedStyle(element).display;
  }

  /** A name that the HTML parser reads back as itself. @param {string} name */
  function nameOf(name) {
    return RENAMED.get(name) ?? (/^[a-z][a-z0-9-]*$/.test(name) ? name : "span");
  }

  /** @param {string} name @param {string} value */
  function attribute(name, value) {
    return ` ${name}="${escapeText(value).replaceAll('"', "&quot;")}"`;
  }

  /** @param {string} text */
  function escapeText(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  }

  globalThis.handrail.copyPage = copyPage;
})();
