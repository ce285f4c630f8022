// The invented messages of the three lists, and what every row shows. `?n=` says how many there are,
// `?delay=` how many milliseconds the slowest batch of older ones takes, `?pictures=` how many
// messages lie between two green pictures.

import React from "react";

const given = new URLSearchParams(window.location.search);

export const COUNT = Number(given.get("n") ?? 60);
export const BATCH = 30;
const DELAY = Number(given.get("delay") ?? 300);
const PICTURES = Number(given.get("pictures") ?? 0);
const WORDS = "the boat leaves at noon and we walk along the river to see the lights on the water".split(" ");

/** A message of any length that is the same every time. */
export function messageOf(number) {
  const words = number % 17 === 16 ? ["ok"]
    : [`Number ${number}:`, ...Array.from({ length: 1 + (number * 7) % 31 }, (_, at) => WORDS[(number + at) % WORDS.length])];
  return {
    number,
    own: number % 3 === 0 || number % 7 === 0,
    text: words.join(" "),
    // A clock like that of a chat: few labels, often repeated.
    clock: `10:0${Math.floor(number / 4) % 6}`,
    day: number % 40 === 0 ? `Day ${1 + number / 40}` : null,
  };
}

/** Older messages come from afar, sometimes soon and sometimes late. */
export function fetchOlder(first) {
  const from = Math.max(0, first - BATCH);
  return new Promise((resolve) => {
    setTimeout(() => resolve(Array.from({ length: first - from }, (_, at) => messageOf(from + at))),
      DELAY * (0.5 + ((first * 13) % 10) / 20));
  });
}

/** The newest batch: what a chat shows when it is opened. */
export function newest() {
  const from = Math.max(0, COUNT - BATCH);
  return Array.from({ length: COUNT - from }, (_, at) => messageOf(from + at));
}

/** What stands in a row: the words, the clock, now and then a picture that comes late. */
export function Message({ message }) {
  const pictured = PICTURES > 0 && message.number % PICTURES === 1;
  return (
    <div className={message.own ? "bubble own" : "bubble"}>
      <p>{message.text}</p>
      {pictured && <img src={`/green.png?${message.number}`} loading="lazy" width="168" alt="" />}
      <span className="clock">{message.clock}</span>
    </div>
  );
}

export const STYLE = `
  * { box-sizing: border-box }
  html, body, #root { height: 100%; margin: 0; font: 15px/1.35 sans-serif }
  #root { display: flex }
  nav { width: 220px; overflow-y: auto; border-right: 1px solid #bbb; flex: none }
  nav p { margin: 0; padding: 14px }
  main { flex: 1; display: flex; flex-direction: column; min-width: 0; position: relative }
  main > header, main > footer { padding: 10px; background: #eee; flex: none }
  .row { padding: 3px 14px; display: flex }
  .row:has(.own) { justify-content: flex-end }
  .bubble { max-width: 68%; padding: 6px 10px; border-radius: 14px; background: #e8e8e8 }
  .bubble.own { background: linear-gradient(135deg, #345bd4, #6a43c9); color: #fff }
  .bubble p { margin: 0 }
  .bubble img { display: block }
  .clock { font-size: 11px; opacity: .8 }
  .day { text-align: center; font-size: 12px; margin: 0; padding: 6px; background: #fff; width: 100% }
  .pill { position: absolute; bottom: 70px; right: 40px; padding: 8px 14px; border-radius: 20px; background: #345bd4; color: #fff; z-index: 3 }
`;

/** What stands around the list, as in a chat on the web. */
export function Around({ children, pill = false }) {
  return (
    <>
      <nav>{Array.from({ length: 40 }, (_, at) => <p key={at}>Contact {at}</p>)}</nav>
      <main>
        <header>sky.m_204</header>
        {children}
        {pill && <div className="pill">New messages</div>}
        <footer><input placeholder="Message" /></footer>
      </main>
    </>
  );
}
