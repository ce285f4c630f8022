// Opens Handrail in this window: connect with the one-time code, ask for a ticket, go there.
//
// The start address is connect.html#port=PORT&code=<64 hex>&to=<path>. The code is taken out of the
// address at once, before anything else, so that it stays in no history.

import { readOwnFile } from "../browser/files.js";
import * as service from "../browser/service.js";
import { codeOf } from "../core/errors.js";
import { decode_start } from "../core/start.js";
import { makeText } from "../core/text.js";
import { keepConnection, readConnection } from "../engine/connection.js";
import { startPairing } from "../engine/pairing.js";
import { dashboardAddress, sendWaiting } from "../engine/sending.js";

/** @import { Catalogue } from "../core/text.js" */

const start = decode_start(location.hash);
history.replaceState(null, "", location.pathname);

const t = makeText(/** @type {Catalogue} */ (await readOwnFile("shared/text/en.json")), "en");
const leave = await readOwnFile("shared/helplines/leave.json");
found("leave-spoken").textContent = t("panel.leave_spoken");
found("leave-words").textContent = t("panel.leave");
found("leave").addEventListener("click", () => {
  document.documentElement.hidden = true;
  location.replace(/** @type {{ address: string }} */ (leave).address);
});
const again = found("again");
again.textContent = t("panel.try_again");
again.addEventListener("click", open);
await open();

async function open() {
  say("panel.opening", "panel.opening_pairing");
  try {
    await connect();
    const address = await dashboardAddress(service, start.to);
    // Not awaited: it goes on while the dashboard loads, and the background takes over from there.
    sendWaiting(service, { patient: false });
    location.replace(address);
  } catch (thrown) {
    const away = codeOf(thrown, "service-answer") === "service-away";
    say("panel.opening_failed_title", "panel.opening_failed_what",
      away ? "panel.problem_service_away_next" : "panel.opening_failed_next");
  }
}

/** Pair with the start code, if there is one. */
async function connect() {
  if (start.code === null || start.port === null) {
    return;
  }
  try {
    const pairing = await startPairing(service, start.port, start.code);
    const connection = await pairing.finish();
    if (connection) {
      await keepConnection(connection);
    }
  } catch (thrown) {
    // A code works once. A browser that is already connected needs none.
    if (await readConnection() === null) {
      throw thrown;
    }
  }
}

/**
 * @param {string} title
 * @param {string} what
 * @param {string} [next] only when something did not work
 */
function say(title, what, next) {
  found("title").textContent = t(title);
  found("what").textContent = t(what);
  found("next").textContent = next === undefined ? "" : t(next);
  found("next").hidden = next === undefined;
  again.hidden = next === undefined;
}

/** @param {string} id */
function found(id) {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`connect.html has no #${id}`);
  }
  return element;
}
