// The list of what was saved since the panel opened, and of the tabs that refused.

import { statementOf } from "./completeness.js";
import { icon, make } from "./parts.js";
import { problemKey } from "./problems.js";
import { siteOf } from "./summary.js";

/** @import { Context } from "./context.js" */
/** @import { Refused, Saved } from "./session.js" */

/**
 * @param {Context} context
 * @param {(saved: Saved) => HTMLElement | false} [more] stands below a row
 */
export function sessionList(context, more = () => false) {
  const { saved, refused } = context.desk.session;
  return make("ul", { class: "rows session" },
    ...saved().map((one) => savedRow(context, one, more(one))),
    ...refused().map((one) => refusedRow(context, one)));
}

/**
 * @param {Context} context
 * @param {Saved} saved
 * @param {HTMLElement | false} more
 */
function savedRow(context, saved, more) {
  const { t } = context;
  const { save, facts } = saved;
  const whole = statementOf(context, saved).join(" ");
  return make("li", { class: "row" },
    icon(save),
    make("div", { class: "body" },
      make("p", { class: "title" }, siteOf(facts.source.url) || t("panel.session_no_site")),
      make("p", { class: "meta" }, t(`panel.kind_${save}`)),
      whole !== "" && make("p", { class: "meta" }, whole),
      more));
}

/**
 * @param {Context} context
 * @param {Refused} refused
 */
function refusedRow({ t }, { site, save, code }) {
  return make("li", { class: "row" },
    icon("missing"),
    make("div", { class: "body" },
      make("p", { class: "title" }, site || t("panel.session_hidden_site")),
      make("p", { class: "meta" }, t("panel.session_refused", { what: t(`panel.kind_${save}`) })),
      make("p", { class: "meta" }, t(`${problemKey(code)}_title`))));
}
