// A sentence of the person's own beside a capture: one field, folded away until it is wanted. What is
// typed stays in the panel's memory until it is kept; the browser neither checks nor remembers it.

import { codeOf } from "../core/errors.js";
import { LONGEST_NOTE } from "../engine/note.js";
import { make, quiet } from "./parts.js";

/** @import { Context } from "./context.js" */

/**
 * Make the place for a note about a capture.
 * @param {Context} context
 * @param {string} capture
 * @returns {HTMLElement}
 */
export function notePlace({ t, desk, say, go }, capture) {
  const { drafts } = desk.session;
  const place = make("div", { class: "note" });
  const id = `note-${capture}`;

  /** @param {string} [sentence] what just happened */
  function fold(sentence) {
    place.replaceChildren(
      ...sentence === undefined ? [] : [make("p", { class: "muted" }, sentence)],
      make("p", {}, quiet(t("panel.note_add"), open)));
  }

  function open() {
    const field = make("textarea", {
      id, rows: "3", maxlength: String(LONGEST_NOTE), spellcheck: "false", autocomplete: "off",
      "aria-describedby": `${id}-what`, input: () => drafts.set(capture, field.value),
    });
    field.value = drafts.get(capture) ?? "";
    place.replaceChildren(make("div", { class: "field" },
      make("label", { for: id }, t("panel.note_label")),
      field,
      make("p", { class: "small muted", id: `${id}-what` }, t("panel.note_what")),
      make("button", { class: "button", type: "button", click: () => keep(field) },
        t("panel.note_keep"))));
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  }

  /** @param {HTMLTextAreaElement} field */
  async function keep(field) {
    const text = field.value;
    if (text.trim() === "") {
      field.focus();
      return;
    }
    try {
      await desk.keepNote(capture, text);
    } catch (thrown) {
      go("problem", { code: codeOf(thrown, "storage-failed"), note: true });
      return;
    }
    drafts.delete(capture);
    fold(t("panel.note_kept"));
    say(t("panel.note_kept"));
  }

  if (drafts.has(capture)) {
    setTimeout(open);
  } else {
    fold();
  }
  return place;
}
