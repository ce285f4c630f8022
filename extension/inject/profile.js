// Reads what a profile page says whose page it is: its own address for itself and the name it gives
// to others that link to it.
//
// Both are the page's word and change with a click; account numbers, which do not, come in a later
// release and have their place already. Nothing is guessed: what the page does not say is null.

(() => {
  const { dom } = globalThis.handrail;
  const baseOf = dom.reader(Node.prototype, "baseURI");

  function readSubject() {
    const links = named("link");
    const metas = named("meta");
    const canonical = valueOf(links, "rel", "canonical", "href")
      ?? valueOf(metas, "property", "og:url", "content");
    return {
      canonical: canonical === null ? null : absolute(canonical),
      name: valueOf(metas, "property", "profile:username", "content")
        ?? valueOf(metas, "property", "og:title", "content"),
      accounts: [],
    };
  }

  /** @param {string} name */
  function named(name) {
    return dom.all(document).filter((element) => dom.name(element) === name);
  }

  /**
   * Give an attribute of the first element that another attribute picks out.
   * @param {Element[]} elements
   * @param {string} by
   * @param {string} word
   * @param {string} wanted
   */
  function valueOf(elements, by, word, wanted) {
    const element = elements.find((one) => (
      dom.attribute(one, by)?.toLowerCase().split(/\s+/).includes(word)));
    return (element && dom.attribute(element, wanted)?.trim()) || null;
  }

  /** Only addresses of the web name a profile. @param {string} address */
  function absolute(address) {
    const base = baseOf(document);
    if (!URL.canParse(address, base)) {
      return null;
    }
    const { href, protocol } = new URL(address, base);
    return protocol === "https:" || protocol === "http:" ? href : null;
  }

  globalThis.handrail.readSubject = readSubject;
})();
