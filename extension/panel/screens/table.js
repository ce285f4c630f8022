// Every screen of the panel by its name. A screen takes the context and what it is about, and goes
// on by name, so that no screen has to import another.

import { connectScreen, connectedScreen, notConnectedScreen, numberScreen } from "./connect.js";
import { keepScreen } from "./keep.js";
import { linesScreen } from "./lines.js";
import { longScreen } from "./long.js";
import { nowScreen } from "./now.js";
import { picturesScreen } from "./pictures.js";
import { pointingScreen } from "./pointing.js";
import { problemScreen } from "./problem.js";
import { savedScreen } from "./saved.js";
import { sessionScreen } from "./session.js";
import { showingScreen } from "./showing.js";
import { startScreen } from "./start.js";
import { workingScreen } from "./working.js";

export const SCREENS = Object.freeze({
  start: startScreen,
  working: workingScreen,
  long: longScreen,
  pointing: pointingScreen,
  pictures: picturesScreen,
  showing: showingScreen,
  keep: keepScreen,
  saved: savedScreen,
  session: sessionScreen,
  problem: problemScreen,
  connect: connectScreen,
  number: numberScreen,
  connected: connectedScreen,
  "not-connected": notConnectedScreen,
  lines: linesScreen,
  now: nowScreen,
});
