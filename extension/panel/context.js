// What every screen is given: the words, the data, and the ways to go on.

/** @import { Translate } from "../core/text.js" */
/** @import { Advice } from "../core/advice.js" */
/** @import { Desk } from "./desk.js" */

/**
 * @typedef {object} Context
 * @property {Translate} t
 * @property {string} language
 * @property {Advice} advice
 * @property {Desk} desk what is being saved, held and connected
 * @property {(screen: Screen) => void} go to another screen
 * @property {(sentence: string) => void} say it to a screen reader, once
 */

/**
 * A screen: the pieces to show, and what to undo when it is left.
 * @typedef {(context: Context) => Shown} Screen
 */

/**
 * @typedef {object} Shown
 * @property {readonly HTMLElement[]} pieces
 * @property {"danger" | "safe" | "plain"} foot
 * @property {boolean} [stays] a press of the Handrail button does not end it
 * @property {() => void} [leave] called when another screen comes
 */

export {};
