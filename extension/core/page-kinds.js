// What kind of page an address belongs to: a profile, a chat, or neither.
//
// shared/advice/pages.json has the shapes; server/handrail/core/page_kinds.py reads them the same
// way. An address is text from a page: it is compared, never opened, and a wrong guess costs a tick.

/** @typedef {"chat" | "profile" | "other"} PageKind */

/**
 * The shapes of one site's addresses. `not`: first parts that are no profile.
 * @typedef {object} Site
 * @property {readonly string[]} hosts
 * @property {readonly string[]} chat
 * @property {readonly string[]} not
 * @property {readonly string[]} profile
 */

const ADDRESS = /^https?:\/\/([a-z0-9.-]{1,253})(?::[0-9]{1,5})?(\/[^?#]*)?(?:[?#].*)?$/s;

/**
 * Give the kind of page that an address, as a browser writes it, belongs to.
 * @param {readonly Site[]} sites
 * @param {string} untrusted_address
 * @returns {PageKind}
 */
export function kindOfPage(sites, untrusted_address) {
  const [, host, path] = ADDRESS.exec(untrusted_address) ?? [];
  if (host === undefined) {
    return "other";
  }
  const parts = partsOf(path ?? "/");
  for (const site of sites) {
    if (!site.hosts.some((name) => host === name || (name.startsWith(".") && host.endsWith(name)))) {
      continue;
    }
    if (site.chat.some((pattern) => fits(partsOf(pattern), parts))) {
      return "chat";
    }
    const [first] = parts;
    if (first !== undefined && !site.not.includes(first)
      && site.profile.some((pattern) => fits(partsOf(pattern), parts))) {
      return "profile";
    }
  }
  return "other";
}

/** @param {string} path */
function partsOf(path) {
  return path.split("/").filter((part) => part !== "");
}

/**
 * @param {readonly string[]} pattern
 * @param {readonly string[]} parts
 */
function fits(pattern, parts) {
  const openEnd = pattern.at(-1) === "**";
  const wanted = openEnd ? pattern.slice(0, -1) : pattern;
  if (parts.length < wanted.length || (parts.length > wanted.length && !openEnd)) {
    return false;
  }
  return wanted.every((want, at) => (want.endsWith("*")
    ? parts[at]?.startsWith(want.slice(0, -1)) : parts[at] === want));
}
