// Connecting: find Handrail on this computer, compare one number, say yes on both sides.
//
// The person says yes here too, not only on the page: a program that pretends to be Handrail could
// say yes for itself, but it cannot make the page show the same number.

import { groupsOf } from "../../core/pairing.js";
import { findHandrail, pause } from "../connecting.js";
import { head, icon, make, notice, primary, quiet } from "../parts.js";
import { troublePlace } from "../trouble.js";

/** @import { Context, Shown } from "../context.js" */
/** @import { Pairing } from "../../engine/pairing.js" */
/** @import { LongSave } from "../saves.js" */
/** @typedef {(leaving: AbortSignal) => Promise<boolean>} Elsewhere */

/**
 * @param {Context} context
 * @param {LongSave} [next] what goes on when it is connected
 * @returns {Shown}
 */
export function connectScreen(context, next) {
  const { t, go, desk, say } = context;
  const leaving = new AbortController();
  const away = make("p", { role: "status" }, t("panel.connect_looking"));

  const trouble = troublePlace(context);
  const elsewhere = watchElsewhere(context, next);

  findHandrail(leaving.signal, async () => {
    away.textContent = t("panel.connect_away");
    trouble.look();
    await elsewhere(leaving.signal);
  }).then((pairing) => pairing && go("number", pairing, elsewhere, next));

  const count = desk.heldCount();
  if (count > 0) {
    say(t("panel.held_what", { count }));
  }
  return {
    foot: "danger",
    stays: true,
    leave: () => leaving.abort(),
    pieces: [
      head(t(count > 0 ? "panel.held_title" : "panel.connect_title"),
        make("p", {}, count > 0 ? t("panel.held_what", { count })
          : t(next ? "panel.connect_then" : "panel.connect_once"))),
      make("div", { class: "stack" },
        count > 0 && notice("missing", "missing", t("panel.held_open")),
        make("div", { class: "card" },
          make("h2", {}, t("panel.connect_how")),
          make("ol", { class: "rail steps open" },
            ...["start", "page", "number"].map((step, at) => make("li", {
              class: at === 0 ? "now" : "ahead",
            }, make("p", {}, t(`panel.connect_step_${step}`)))))),
        away,
        trouble.place,
        meaning(context),
        make("p", { class: "buttons" },
          quiet(t("panel.back"), () => go("start")),
          count > 0 && quiet(t("panel.held_forget"), () => {
            desk.forgetHeld();
            go("start");
          }))),
    ],
  };
}

/**
 * Notice that another page of the extension has connected this browser: the window that Handrail
 * opens does that by itself. Then there is no number to compare any more.
 * @param {Context} context
 * @param {LongSave} [next]
 * @returns {Elsewhere}
 */
function watchElsewhere(context, next) {
  const { desk } = context;
  const before = desk.refresh();
  return async (leaving) => {
    const [old, present] = await Promise.all([before, desk.refresh()]);
    const connected = present !== null && present !== old;
    if (connected && !leaving.aborted) {
      goOn(context, next);
    }
    return connected;
  };
}

/**
 * Keep what had to wait for a connection, or say that there is one now.
 * @param {Context} context
 * @param {LongSave} [next]
 */
function goOn({ desk, go }, next) {
  if (desk.heldCount() > 0) {
    go("keep");
  } else {
    go("connected", next);
  }
}

/**
 * @param {Context} context
 * @param {Pairing} pairing
 * @param {Elsewhere} elsewhere
 * @param {LongSave} [next]
 * @returns {Shown}
 */
export function numberScreen(context, pairing, elsewhere, next) {
  const { t, go, desk } = context;
  const leaving = new AbortController();
  const [left, right] = groupsOf(pairing.digits);
  const spoken = `${[...left].join(" ")}, ${[...right].join(" ")}`;
  const answers = make("div", { class: "stack" },
    primary(t("panel.connect_yes"), sayYes),
    make("button", { class: "button wide", type: "button",
      click: () => go("not-connected", next) }, t("panel.connect_no")));
  const agreed = watch(pairing, elsewhere, leaving.signal);
  // Refused over there, or too late: said at once, not only after a yes here.
  agreed.catch(() => leaving.signal.aborted || go("not-connected", next));

  async function sayYes() {
    answers.replaceChildren(make("p", { role: "status" },
      make("strong", {}, t("panel.connect_there"))));
    const connection = await agreed.catch(() => null);
    if (connection && !leaving.signal.aborted) {
      await desk.connect(connection);
      goOn(context, next);
    }
  }

  return {
    foot: "danger",
    stays: true,
    leave: () => leaving.abort(),
    pieces: [
      head(t("panel.connect_same"), make("p", {}, t("panel.connect_compare"))),
      make("div", { class: "stack" },
        make("div", { class: "pair-number" },
          make("p", { class: "code" },
            make("span", { class: "hidden" }, spoken),
            make("span", { "aria-hidden": "true" }, left),
            make("span", { "aria-hidden": "true" }, right)),
          make("p", { class: "small muted" }, t("panel.connect_no_typing"))),
        answers,
        meaning(context)),
    ],
  };
}

/**
 * Wait until the other side has said yes, or there is nothing to wait for any more.
 * @param {Pairing} pairing
 * @param {Elsewhere} elsewhere
 * @param {AbortSignal} signal
 */
async function watch(pairing, elsewhere, signal) {
  while (!signal.aborted && !await elsewhere(signal)) {
    const connection = await pairing.finish();
    if (connection) {
      return connection;
    }
    await pause(1_000, signal);
  }
  return null;
}

/**
 * A long save does not begin by itself: the person may be looking at the Handrail page now.
 * @param {Context} context
 * @param {LongSave} [next]
 * @returns {Shown}
 */
export function connectedScreen(context, next) {
  const { t, go } = context;
  return {
    foot: "danger",
    pieces: [
      head(t("panel.connected_title"), make("p", {}, t("panel.connected_what"))),
      make("div", { class: "stack" },
        next && make("p", {}, make("strong", {}, t("panel.connected_back"))),
        meaning(context),
        next ? primary(t(`panel.save_${next}`), () => go("long", next), next)
          : primary(t("panel.start_title"), () => go("start"))),
    ],
  };
}

/**
 * @param {Context} context
 * @param {LongSave} [next]
 * @returns {Shown}
 */
export function notConnectedScreen({ t, go }, next) {
  return {
    foot: "danger",
    pieces: [
      head(t("panel.refused_number_title"), make("p", {}, t("panel.refused_number_what"))),
      make("div", { class: "stack" },
        primary(t("panel.try_again"), () => go("connect", next)),
        make("p", {}, quiet(t("panel.back"), () => go("start")))),
    ],
  };
}

/** @param {Context} context */
function meaning({ t }) {
  return make("div", { class: "notice" }, icon("browser"), make("div", {},
    make("p", { class: "title" }, t("panel.connect_means")),
    make("p", {}, t("panel.connect_means_what"))));
}
