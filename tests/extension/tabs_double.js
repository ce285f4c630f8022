// Stands in for browser/tabs.js in panel tests: a page in which the person points, as they are told
// to by the test. Taking things from a page is a double of its own and never comes here.

let answer = () => undefined;
globalThis.pointed = (picked) => answer(picked);

export async function openPage() {
  return {
    pickScroller: () => new Promise((resolve) => {
      answer = resolve;
    }),
    hide: async () => ({ faults: 0 }),
    pickPicture: () => new Promise((resolve) => {
      answer = (picture) => resolve({ picture: picture || null, found: globalThis.noPicture ? 0 : 3 });
      if (globalThis.noPicture) {
        answer(null);
      }
    }),
    async restore() {
      globalThis.restored = true;
    },
    async stopPicking() {
      answer(false);
      globalThis.stoppedPicking = true;
    },
  };
}
