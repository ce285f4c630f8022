// The picture of a view: a row that shows nothing until the person asks.

import { icon, make } from "../parts.js";
import { pictureOf } from "../summary.js";

/** @import { Context } from "../context.js" */
/** @import { Taken } from "../summary.js" */

/**
 * Make the row, and what to undo when it is left.
 * @param {Context} context
 * @param {Taken} taken
 */
export function exhibitOf({ t }, taken) {
  let address = "";
  const alt = taken.facts.pictures.shown === null ? "panel.saved_alt" : "panel.saved_alt_one";
  const shown = make("div", { class: "shown", hidden: true });
  const label = make("span", {}, t("panel.saved_show"));
  const button = make("button", {
    class: "button", type: "button", "aria-expanded": "false", click: toggle,
  }, label, make("span", { class: "hidden" }, t("panel.saved_show_spoken")));

  function stop() {
    shown.replaceChildren();
    URL.revokeObjectURL(address);
  }

  function toggle() {
    const picture = shown.hidden ? pictureOf(taken) : null;
    stop();
    if (picture) {
      address = URL.createObjectURL(picture);
      shown.append(make("img", { class: "shot", src: address, alt: t(alt) }));
    }
    shown.hidden = picture === null;
    button.setAttribute("aria-expanded", String(picture !== null));
    label.textContent = t(picture ? "panel.saved_hide" : "panel.saved_show");
  }

  const place = make("section", { class: "section exhibit", "aria-labelledby": "what" },
    make("h2", { id: "what" }, t("panel.saved_what")),
    make("div", { class: "rows" },
      make("div", { class: "row" },
        make("span", { class: "cover" }, icon("covered")),
        make("div", { class: "body" },
          make("p", { class: "title" }, t("panel.saved_picture")),
          make("p", { class: "meta" }, t("panel.saved_picture_covered"))),
        button),
      shown));
  return { place, stop };
}
