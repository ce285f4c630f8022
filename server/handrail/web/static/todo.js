// Puts the steps of What to do in the order for the person's answers, at once and only here.
//
// The page has every step, every line and, for each set of answers, which of them to show: that was
// decided by the service (core/advice.py). An answer is read from the form and used here. It is sent
// nowhere and kept nowhere, and it is gone when the page is left.

/** @typedef {{ steps: readonly string[], lines: readonly string[] }} Plan */

const QUESTIONS = ["age", "danger", "paid"];
const SAFE = "safe";

/**
 * @param {HTMLElement} $advice
 * @param {HTMLFormElement} $form
 */
function follow($advice, $form) {
  const plans = /** @type {Record<string, Plan>} */ (JSON.parse($advice.dataset["advice"] ?? "{}"));
  const $said = find($advice, "[data-said]");
  const $later = find($advice, "[data-later]");
  let showsAll = false;

  /** @param {Partial<Record<string, string>>} [instead] */
  function planOf(instead = {}) {
    const answers = new FormData($form);
    return plans[QUESTIONS.map((name) => instead[name] ?? answers.get(name)).join(" ")];
  }

  function show() {
    const answers = new FormData($form);
    const plan = planOf();
    const later = answers.get("danger") === "yes" ? planOf({ danger: "no" }) : undefined;
    if (plan === undefined) {
      return;
    }
    const steps = showsAll && later !== undefined ? [...plan.steps, ...later.steps] : plan.steps;
    showSteps($advice, steps);
    showLines($advice, plan.lines);
    for (const $line of all($advice, "[data-ages]")) {
      $line.hidden = !$line.dataset["ages"]?.split(" ").includes(String(answers.get("age")));
    }
    $later.hidden = showsAll || later === undefined;
  }

  $form.addEventListener("change", ({ target }) => {
    showsAll = false;
    show();
    if (target instanceof HTMLInputElement && target.name === "danger" && target.value === "yes") {
      find($advice, "#talk").scrollIntoView(); // whom to talk to, before anything else
    }
    $said.textContent = "";
    $said.textContent = $said.dataset["said"] ?? "";
  });
  $later.querySelector("button")?.addEventListener("click", () => {
    showsAll = true;
    show();
    find($advice, "[data-step]:not([hidden]) h3").scrollIntoView();
  });
  show();
}

/**
 * @param {HTMLElement} $advice
 * @param {readonly string[]} ids
 */
function showSteps($advice, ids) {
  let now = false;
  for (const $step of all($advice, "[data-step]")) {
    const id = $step.dataset["step"] ?? "";
    $step.hidden = !ids.includes(id);
    if (!$step.classList.contains("done")) {
      // Being safe is asked above every step; the first thing to do is the one after it.
      /** @type {boolean} */
      const isNow = !$step.hidden && !now && id !== SAFE;
      now ||= isNow;
      $step.classList.toggle("now", isNow);
      $step.classList.toggle("ahead", !isNow);
    }
  }
}

/**
 * @param {HTMLElement} $advice
 * @param {readonly string[]} ids
 */
function showLines($advice, ids) {
  const $lines = new Map(all($advice, "[data-line]").map((one) => [one.dataset["line"], one]));
  for (const [id, $line] of $lines) {
    $line.hidden = id === undefined || !ids.includes(id);
  }
  for (const id of ids) {
    const $line = $lines.get(id);
    $line?.parentElement?.append($line);
  }
}

/**
 * @param {HTMLElement} $within
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function all($within, selector) {
  return [...$within.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);
}

/**
 * @param {HTMLElement} $within
 * @param {string} selector
 * @returns {HTMLElement}
 */
function find($within, selector) {
  const [found] = all($within, selector);
  if (found === undefined) {
    throw new Error(`the page has no ${selector}`);
  }
  return found;
}

const $advice = document.querySelector("[data-advice]");
const $questions = $advice?.querySelector("[data-questions]");
const $form = $questions?.querySelector("form");
if ($advice instanceof HTMLElement && $questions instanceof HTMLElement && $form) {
  $questions.hidden = false;
  $form.reset();
  follow($advice, $form);
}
