// Stands in for browser/tabs.js in panel tests: a page in which the person points, as they are told
// to by the test. Taking things from a page is a double of its own and never comes here.

let answer = () => undefined;
globalThis.pointed = (picked) => answer(picked);

export async function openPage() {
  return {
    pickScroller: () => new Promise((resolve) => {
      answer = resolve;
    }),
    async stopPicking() {
      answer(false);
      globalThis.stoppedPicking = true;
    },
  };
}
