// The panel: reads its words and data, then shows one screen after another.
//
// It runs beside the page for as long as the person keeps it open, so saving is done here and not
// in the background, which the browser ends after 30 seconds.

import { readOwnFile } from "../browser/files.js";
import { onTabChosen } from "../browser/storage.js";
import { FILES, makeAdvice } from "../core/advice.js";
import { makeText } from "../core/text.js";
import { beginNewLog } from "../engine/new-log.js";
import { makeDesk } from "./desk.js";
import { makeLeaving } from "./leaving.js";
import { follow, icon, make } from "./parts.js";
import { SCREENS } from "./screens/table.js";

/** @import { Catalogue } from "../core/text.js" */
/** @import { Files } from "../core/advice.js" */
/** @import { Context, GivenTo, ScreenName, Shown } from "./context.js" */

const LANGUAGE = "en";

// Done now, so that the first save need not wait for it.
beginNewLog();

const [words, leaving, files] = await Promise.all([
  readOwnFile(`shared/text/${LANGUAGE}.json`),
  readOwnFile("shared/helplines/leave.json"),
  Promise.all(Object.entries(FILES).map(
    async ([name, path]) => [name, await readOwnFile(`shared/${path}`)])),
]);
const t = makeText(/** @type {Catalogue} */ (words), LANGUAGE);
const advice = makeAdvice(/** @type {Files} */ (Object.fromEntries(files)));
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const desk = await makeDesk(advice.countryOfZone(timeZone));

const place = found("screen");
const foot = found("foot");
const said = found("said");

/** @type {Shown | null} */
let present = null;

/** @type {Context} */
const context = {
  t,
  language: navigator.languages.find((one) => one.startsWith(LANGUAGE)) ?? "en-GB",
  advice,
  desk,
  go,
  say(sentence) {
    said.textContent = sentence;
  },
};

/**
 * Show a screen, and put the reader at its heading.
 * @template {ScreenName} N
 * @param {N} name
 * @param {GivenTo<N>} given
 */
function go(name, ...given) {
  present?.leave?.();
  said.textContent = "";
  const screen = /** @type {(context: Context, ...given: unknown[]) => Shown} */ (SCREENS[name]);
  present = screen(context, ...given);
  place.replaceChildren(...present.pieces);
  foot.replaceChildren(footOf(present.foot));
  foot.classList.toggle("near", present.foot === "danger");
  window.scrollTo(0, 0);
  place.querySelector("h1")?.focus({ preventScroll: true });
}

/** @param {Shown["foot"]} kind */
function footOf(kind) {
  if (kind === "plain") {
    return make("p", {}, icon("lock"), make("span", {}, t("panel.foot_stays")));
  }
  if (kind === "safe") {
    return make("p", {}, icon("check"), make("span", {}, t("panel.foot_safe")));
  }
  return make("p", {}, make("a", {
    class: "line-link", href: "#", click: follow(() => go("lines")),
  }, icon("phone"), make("span", {}, t("panel.foot_danger"))));
}

/** @param {string} id */
function found(id) {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`panel.html has no #${id}`);
  }
  return element;
}

for (const element of document.querySelectorAll("[data-text]")) {
  element.textContent = t(element.getAttribute("data-text") ?? "");
}
makeLeaving(found("leave"), desk, /** @type {{ address: string }} */ (leaving).address);
onTabChosen(async () => {
  await desk.lookAtTab();
  if (!present?.stays) {
    go("start");
  }
});
go("start");
