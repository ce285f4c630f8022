// Why pictures stay hidden. Only to a person who has said that they are 18 or over, also in the
// pictures, it says that one picture can be shown, and what that means; it needs their word for it.
//
// The answer about the age is the one of What to do now, and is kept no longer.

import { AGES, isAdult } from "../../core/advice.js";
import { head, make, primary, quiet } from "../parts.js";

/** @import { Context, Shown } from "../context.js" */

/** @param {Context} context @returns {Shown} */
export function picturesScreen(context) {
  const { t, go, desk, say } = context;
  const place = make("div", { class: "stack" });
  const asks = desk.answers.age === "unknown";

  /** Show what fits the answer; before any answer, nothing. @param {boolean} answered */
  function show(answered) {
    const back = make("p", {}, quiet(t("panel.back"), () => go("start")));
    place.replaceChildren(...isAdult(desk.answers.age) ? onePicture(context)
      : [answered && make("p", {}, t("panel.pictures_stay")), back].filter((one) => one !== false));
  }
  show(!asks);

  return {
    foot: "danger",
    pieces: [
      head(t("panel.pictures_title"), make("p", {}, t("panel.pictures_why"))),
      make("div", { class: "stack" },
        asks && question(context, () => {
          show(true);
          say(t(isAdult(desk.answers.age) ? "panel.one_title" : "panel.pictures_stay"));
        }),
        place),
    ],
  };
}

/**
 * @param {Context} context
 * @param {() => void} changed
 */
function question({ t, desk }, changed) {
  return make("form", { class: "stack", autocomplete: "off" },
    make("p", {}, t("panel.pictures_ask")),
    make("fieldset", { class: "section" },
      make("legend", {}, make("strong", {}, t("advice.ask.age"))),
      make("div", { class: "choices" }, ...AGES.map((value) => make("label", { class: "answer" },
        make("input", {
          type: "radio", name: "age", value, autocomplete: "off",
          checked: desk.answers.age === value,
          change: () => {
            desk.answers = { ...desk.answers, age: value };
            changed();
          },
        }),
        make("span", {}, t(`advice.ask.age.${value}`)))))));
}

/** @param {Context} context */
function onePicture({ t, go, say }) {
  const box = make("input", {
    type: "checkbox", id: "sure", autocomplete: "off", "aria-describedby": "first",
    change: () => {
      first.textContent = "";
    },
  });
  const first = make("p", { id: "first", class: "small" });

  function point() {
    if (box.checked) {
      go("showing");
      return;
    }
    first.textContent = t("panel.one_sure_first");
    say(t("panel.one_sure_first"));
    box.focus();
  }

  return [make("section", { class: "section stack", "aria-labelledby": "one" },
    make("h2", { id: "one" }, t("panel.one_title")),
    make("p", {}, t("panel.one_what")),
    make("ul", {}, ...["seen", "young", "private"].map((what) => make("li", {}, t(`panel.one_${what}`)))),
    make("label", { class: "answer" }, box, make("span", {}, t("panel.one_sure"))),
    first,
    primary(t("panel.one_point"), point),
    make("button", { class: "button wide", type: "button", click: () => go("start") },
      t("panel.one_keep")))];
}
