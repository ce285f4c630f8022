// Opening the dashboard: another tab comes, or a screen says why not.

/** @import { Context } from "../context.js" */

/**
 * @param {Context} context
 * @returns {Promise<boolean>} whether it is open
 */
export async function openSaved({ desk, go }) {
  const trouble = await desk.openDashboard();
  if (trouble !== null) {
    go("problem", { code: trouble });
  }
  return trouble === null;
}
