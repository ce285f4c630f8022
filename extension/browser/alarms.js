// A knock every half minute, so that the outbox is emptied even when no panel is open and the
// background was put to sleep.

import { onBeginning } from "./starting.js";

const NAME = "outbox";

/**
 * Be knocked up every half minute.
 * @param {() => void} react
 */
export function onAlarm(react) {
  chrome.alarms.onAlarm.addListener((alarm) => {
    if (alarm.name === NAME) {
      react();
    }
  });
  // Chromium: alarms "may be cleared upon restarting the browser", so both beginnings set it again.
  onBeginning(setAlarm);
  // An extension that was switched off and on again has neither beginning.
  setAlarm();
}

/** Set the alarm unless it is set: setting it anew would put the next knock off. */
async function setAlarm() {
  if (!await chrome.alarms.get(NAME)) {
    await chrome.alarms.create(NAME, { periodInMinutes: 0.5 });
  }
}
