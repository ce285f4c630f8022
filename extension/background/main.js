// The background: opens the panel when the button is pressed, empties the outbox, has the browser
// begin a new log for what is kept, and brings the start page back when the browser opened it too
// early. Nothing else.
//
// The browser ends it after 30 seconds and starts it again when something happens, so it remembers
// nothing, and every listener is registered in the first turn.

import { onAlarm } from "../browser/alarms.js";
import { onHandrailButton } from "../browser/panel-opening.js";
import * as service from "../browser/service.js";
import { reopenStartPage } from "../browser/start-page.js";
import { onBeginning } from "../browser/starting.js";
import { rememberTab } from "../browser/storage.js";
import { beginNewLog } from "../engine/new-log.js";
import { sendWaiting } from "../engine/sending.js";

onHandrailButton((tab) => {
  rememberTab(tab);
  sendWaiting(service, { patient: false });
});

onBeginning(beginNewLog);

reopenStartPage("connect/connect.html");

onAlarm(() => sendWaiting(service, { patient: true }));
