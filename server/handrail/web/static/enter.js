// The door. The address carries a one-time ticket behind the #, where no server and no log sees it.
// It is taken out of the address first, then exchanged for a session, and the page asked for opens.

const WAY_IN = /^#([0-9a-f]{64})(?:~(\/[a-z0-9/-]{0,100}))?$/;

/**
 * Read the ticket and the wanted page from the fragment of the address.
 * @param {string} fragment with its #
 * @returns {{ ticket: string, to: string } | null} null when this is not a way in
 */
export function readWayIn(fragment) {
  const [, ticket, to = "/"] = WAY_IN.exec(fragment) ?? [];
  // "//host" would leave this site.
  return ticket === undefined || to.startsWith("//") ? null : { ticket, to };
}

/**
 * Exchange the ticket for a session.
 * @param {string} ticket
 * @returns {Promise<boolean>} whether the door opened
 */
async function exchange(ticket) {
  try {
    const answer = await fetch("/enter", { method: "POST", body: new URLSearchParams({ ticket }) });
    return answer.ok;
  } catch {
    return false; // the service went away; the page says what to do
  }
}

async function enter() {
  const wayIn = readWayIn(location.hash);
  history.replaceState(null, "", location.pathname);
  if (wayIn !== null && await exchange(wayIn.ticket)) {
    location.replace(wayIn.to);
    return;
  }
  document.querySelector("[data-opening]")?.remove();
  document.querySelector("[data-closed]")?.removeAttribute("hidden");
}

await enter();
