// Beginning to save. What is kept part after part needs to be connected first; a view does not.

import { isLong } from "./saves.js";

/** @import { Context } from "./context.js" */
/** @import { Save } from "./saves.js" */

/**
 * @param {Pick<Context, "desk" | "go">} context
 * @param {Save} save
 */
export async function begin({ desk, go }, save) {
  if (!isLong(save)) {
    go("working", save);
    return;
  }
  // Another page of the extension may have connected this browser meanwhile.
  await desk.refresh();
  if (desk.connected) {
    go("long", save);
  } else {
    go("connect", save);
  }
}
