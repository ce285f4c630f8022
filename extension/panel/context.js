// What every screen is given: the words, the data, and the ways to go on.
//
// Screens do not know each other. They name where to go, and screens/table.js knows who that is.

/** @import { Translate } from "../core/text.js" */
/** @import { Advice } from "../core/advice.js" */
/** @import { Desk } from "./desk.js" */

/** @typedef {typeof import("./screens/table.js").SCREENS} Screens */
/** @typedef {keyof Screens} ScreenName */

/**
 * What a screen is given beside the context: nothing for most.
 * @template {ScreenName} N
 * @typedef {Parameters<Screens[N]> extends [Context, ...infer Given] ? Given : never} GivenTo
 */

/**
 * Go to another screen: the present one is left.
 * @typedef {<N extends ScreenName>(screen: N, ...given: GivenTo<N>) => void} Go
 */

/**
 * @typedef {object} Context
 * @property {Translate} t
 * @property {string} language
 * @property {Advice} advice
 * @property {Desk} desk what is being saved, held and connected
 * @property {Go} go
 * @property {(sentence: string) => void} say it to a screen reader, once
 */

/**
 * What a screen shows, and what to undo when it is left.
 * @typedef {object} Shown
 * @property {readonly HTMLElement[]} pieces
 * @property {"danger" | "safe" | "plain"} foot
 * @property {boolean} [stays] a press of the Handrail button does not end it
 * @property {() => void} [leave] called when another screen comes
 */

export {};
