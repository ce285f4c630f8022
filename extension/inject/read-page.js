// Reads the circumstances of a page: its address byte for byte, title, language, sizes, time zone.
//
// Everything here is what the page or the browser states; nothing is checked and nothing is tidied.

(() => {
  const { dom } = globalThis.handrail;

  /** A file that the browser shows in a viewer of its own: what is in it is not in the page. */
  const IN_A_VIEWER = /^application\/(?:x-)?pdf$/i;

  /**
   * @template {keyof Document & string} K
   * @param {K} property
   * @returns {Document[K]}
   */
  function ofDocument(property) {
    // Through the prototype: <img name="title"> would answer to document.title (see dom.js).
    return dom.reader(Document.prototype, property)(document);
  }

  globalThis.handrail.readPage = () => {
    const page = dom.page();
    return {
      url: window.location.href,
      title: ofDocument("title"),
      referrer: ofDocument("referrer"),
      language: page?.lang ?? "",
      content_type: ofDocument("contentType"),
      is_html: page !== null && !IN_A_VIEWER.test(ofDocument("contentType")),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      offset_minutes: -new Date().getTimezoneOffset(),
      width: window.innerWidth,
      height: window.innerHeight,
      page_width: page?.scrollWidth ?? 0,
      page_height: page?.scrollHeight ?? 0,
      scroll_x: Math.round(window.scrollX),
      scroll_y: Math.round(window.scrollY),
      device_pixel_ratio: window.devicePixelRatio,
    };
  };
})();
