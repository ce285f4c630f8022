// What to do now: the first steps, shown before anything is asked. Three answers change their order
// at once. The answers lie in the panel's memory and nowhere else, and end with it.
//
// Which steps, in which order, is decided in core/advice.js.

import { AGES } from "../../core/advice.js";
import { head, icon, make, quiet } from "../parts.js";
import { crisisLines, rows } from "./lines.js";

/** @import { PlannedStep } from "../../core/advice.js" */
/** @import { Context, Shown } from "../context.js" */

const QUESTIONS = /** @type {const} */ ([
  ["danger", ["yes", "no", "unknown"]],
  ["age", AGES],
  ["paid", ["no", "yes", "collected", "unknown"]],
]);

/** @param {Context} context @returns {Shown} */
export function nowScreen(context) {
  const { t, go, say } = context;
  const place = make("div", { class: "stack" });
  let showsAll = false;

  function show() {
    place.replaceChildren(...plan(context, showsAll, () => {
      showsAll = true;
      show();
      place.querySelector("h2")?.scrollIntoView();
    }));
  }
  show();

  return {
    foot: "danger",
    pieces: [
      head(t("panel.now_title"), make("p", { class: "muted" }, t("panel.steps_lead"))),
      make("div", { class: "stack" },
        questions(context, (danger) => {
          showsAll = false;
          show();
          say(t("advice.ask.changed"));
          if (danger) {
            place.scrollIntoView(); // whom to talk to, before anything else
          }
        }),
        place,
        make("p", {}, t("panel.steps_either_way")),
        make("button", { class: "button wide", type: "button", click: () => go("start") },
          t("panel.back")),
        make("section", { class: "section small", "aria-labelledby": "leaving" },
          make("h2", { id: "leaving" }, t("panel.steps_leaving_title")),
          make("p", { class: "muted" }, t("panel.steps_leaving_what")))),
    ],
  };
}

/**
 * The first thing to do that is still open. Whether the person is safe is asked beside it.
 * @param {Context} context
 * @returns {PlannedStep | undefined}
 */
export function firstStep({ advice, desk }) {
  return planned({ advice, desk }).find(({ id, done }) => !done && id !== "safe");
}

/**
 * @param {Pick<Context, "advice" | "desk">} context
 * @param {Partial<Context["desk"]["answers"]>} [instead]
 */
function planned({ advice, desk }, instead = {}) {
  return advice.firstSteps(
    { country: desk.country, ...desk.answers, ...instead }, advice.savedFrom(desk.savedAddresses()));
}

/**
 * The steps for the answers so far. In danger only what helps then, and the rest when asked for.
 * @param {Context} context
 * @param {boolean} showsAll
 * @param {() => void} showAll
 */
function plan(context, showsAll, showAll) {
  const { t, desk } = context;
  const inDanger = desk.answers.danger === "yes";
  const later = inDanger && showsAll ? planned(context, { danger: "no" }) : [];
  const steps = [...planned(context), ...later];
  const now = steps.find(({ id, done }) => !done && id !== "safe");
  return [
    make("ol", { class: "rail steps", "aria-label": t("advice.steps") },
      ...steps.map((step) => stepOf(context, step, step === now))),
    ...inDanger && !showsAll ? [make("p", {}, quiet(t("advice.later"), showAll))] : [],
  ];
}

/**
 * @param {Context} context
 * @param {PlannedStep} step
 * @param {boolean} now
 */
function stepOf(context, { id, done, lines }, now) {
  const { t, go, advice, desk } = context;
  const state = done ? "done" : now ? "now" : "ahead";
  return make("li", { class: `step ${state}`, "data-step": id },
    make("h2", {}, t(`advice.step.${id}.title`)),
    done && make("p", { class: "state-line" },
      make("span", { class: "state" }, icon("check"), t("advice.done"))),
    make("p", { class: done ? "muted" : "" }, t(`advice.step.${id}.what`)),
    id === "safe" && make("p", {}, quiet(t("panel.lines_title"), () => go("lines"))),
    id === "talk-now" && crisisLines(context),
    id !== "talk-now" && lines.length > 0
      && rows(context, lines.map((line) => advice.line(desk.country, line)), "h3"));
}

/**
 * Three questions, folded away: nobody has to answer, and no answer is always an answer.
 * @param {Context} context
 * @param {(danger: boolean) => void} changed
 */
function questions({ t, desk }, changed) {
  const form = make("form", { class: "stack", autocomplete: "off" },
    make("p", {}, t("advice.ask.lead")),
    ...QUESTIONS.map(([name, values]) => make("fieldset", { class: "section" },
      make("legend", {}, make("strong", {}, t(`advice.ask.${name}`))),
      make("div", { class: "choices" }, ...values.map((value) => make("label", { class: "answer" },
        make("input", {
          type: "radio", name, value, autocomplete: "off", checked: desk.answers[name] === value,
          change: () => {
            desk.answers = { ...desk.answers, [name]: value };
            changed(name === "danger" && value === "yes");
          },
        }),
        make("span", {}, t(`advice.ask.${name}.${value}`))))))));
  return make("details", { class: "fold" }, make("summary", {}, t("advice.ask")), form);
}
