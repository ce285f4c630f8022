// What can go wrong, by its code: which words it has in the catalogue, and what a person can do
// about it here. Where they act elsewhere first there is nothing to press, only a way back.

import { begin } from "./begin.js";
import { isLong } from "./saves.js";

/** @import { Context } from "./context.js" */
/** @import { Save } from "./saves.js" */

/**
 * @typedef {object} Problem
 * @property {string} code
 * @property {Save} [save] what was wanted
 * @property {number} [kept] pictures of it that are kept
 * @property {boolean} [note] it was about a note
 */

/** @typedef {{ label: string, act: (context: Context, save: Save) => void }} Way a button */

/** @type {Way} */
const AGAIN = { label: "panel.try_again", act: begin };
/** @type {Way} */
const POINT = { label: "panel.point_title", act: ({ go }) => go("pointing") };
/** @type {Way} */
const POINT_AGAIN = { label: "panel.one_point_again", act: ({ go }) => go("showing") };
/** @type {Way} */
const VIEW = { label: "panel.save_view", act: ({ go }) => go("working", "view") };
/** @type {Way} */
const CONNECT = { label: "panel.connect_quiet", act: connectFor };

/**
 * Connect, and come back to what was wanted. What is taken at once begins anew, where it is chosen.
 * @param {Pick<Context, "go">} context
 * @param {Save} [save]
 */
export function connectFor({ go }, save) {
  go("connect", ...(save && isLong(save) ? [save] : []));
}

/** The next step for each code that has words of its own. @type {ReadonlyMap<string, Way | null>} */
const NEXT = new Map(/** @type {[string, Way | null][]} */ ([
  ["capture-failed", AGAIN],
  ["pictures-not-hidden", AGAIN],
  ["page-not-readable", null],
  ["permission-lost", null],
  ["page-changed", null],
  ["no-scroller", POINT],
  ["picture-gone", POINT_AGAIN],
  ["no-picture", POINT_AGAIN],
  ["lost-place", AGAIN],
  ["page-moves", AGAIN],
  ["limit", VIEW],
  ["frame-chat", VIEW],
  ["storage-full", AGAIN],
  ["storage-failed", AGAIN],
  ["service-away", AGAIN],
  ["service-answer", AGAIN],
  ["not-paired", CONNECT],
]));

/** Codes that mean the same to a person. */
const SAME = new Map([["tab-changed", "page-changed"], ["receipt-unverified", "service-answer"]]);

/** These are about keeping and arriving, not about what was taken. */
const NOT_ABOUT_THE_PAGE = new Set([
  "storage-full", "storage-failed", "service-away", "service-answer", "not-paired",
]);

/** @param {string} code */
function known(code) {
  const same = SAME.get(code) ?? code;
  return NEXT.has(same) ? same : "capture-failed";
}

/**
 * Give where the words of a problem stand in the catalogue.
 * @param {string} code
 */
export function problemKey(code) {
  return `panel.problem_${known(code).replaceAll("-", "_")}`;
}

/**
 * @param {string} code
 * @returns {Way | null}
 */
export function nextFor(code) {
  return NEXT.get(known(code)) ?? null;
}

/** @param {string} code */
export function isAboutThePage(code) {
  return !NOT_ABOUT_THE_PAGE.has(known(code));
}

/** @param {string} code */
export function isAboutRoom(code) {
  return code === "storage-full" || code === "storage-failed";
}
