// One at a time, and once more when it was asked for meanwhile: what is asked often is not done as
// often, and the last answer is the newest.

/**
 * @param {() => Promise<void>} act
 * @returns {() => Promise<void>}
 */
export function inTurns(act) {
  let acting = false;
  let again = false;
  return async function ask() {
    again = true;
    if (acting) {
      return;
    }
    acting = true;
    try {
      while (again) {
        again = false;
        await act();
      }
    } finally {
      acting = false;
    }
  };
}
