// The hands of `firefox.py` inside a Firefox that it started: presses the Handrail button, opens
// pages, runs JavaScript in a page or in the sidebar, presses with the mouse, takes pictures.
//
// Run once in the browser's own window by the remote agent (Marionette, chrome context). Everything
// that takes time is begun with `begin` and asked for with `ended`, because the agent forgets a
// script when the next one comes. No extension and no page can reach any of this.

/* global Ci, ChromeUtils, Services, WebExtensionPolicy, OffscreenCanvas, window */

window.handrailHands = (() => {
  const { gBrowser } = window;
  /** Answers by number. @type {Map<number, object>} */
  const answers = new Map();
  let last = 0;

  /** The status of a load that another took the place of. */
  const NS_BINDING_ABORTED = 0x804b0002;

  /** What was spoken to is not there any more. */
  class Gone extends Error {}

  const pause = (milliseconds) => new Promise((resolve) => {
    window.setTimeout(resolve, milliseconds);
  });

  const tabOf = (id) => {
    const found = gBrowser.tabs.find((tab) => tab.linkedBrowser.browserId === id);
    if (!found) throw new Gone('the page was closed');
    return found;
  };

  /** The element that holds the sidebar's document, in which the extension's panel lives. */
  const sidebar = (extension) => {
    const held = window.document.getElementById('sidebar')?.contentDocument
      ?.getElementById('webext-panels-browser');
    const host = WebExtensionPolicy.getByID(extension)?.mozExtensionHostname;
    return held?.currentURI?.spec.startsWith(`moz-extension://${host}/`) ? held : null;
  };

  /** What is spoken to: a page by its number, or the sidebar by the extension's id. */
  const browserOf = (where) => {
    const found = typeof where === 'number' ? tabOf(where).linkedBrowser : sidebar(where);
    if (!found) throw new Gone('the panel is closed');
    return found;
  };

  // What runs beside the document, in its process. A debugger runs the text in the document's own
  // world, whatever its policy forbids, as the browser's console does.
  const beside = `(() => {
    const answer = (value) => sendAsyncMessage(NAME, value);
    const told = (thrown) => String(thrown) + '\\n' + (thrown?.stack ?? '');
    const opened = (value) => value?.unsafeDereference ? value.unsafeDereference() : value;
    const bare = (value) => value && typeof value === 'object' ? Cu.waiveXrays(value) : value;
    try {
      const place = Cu.Sandbox(Services.scriptSecurityManager.getSystemPrincipal(),
        { freshCompartment: true, invisibleToDebugger: true });
      ChromeUtils.importESModule('resource://gre/modules/jsdebugger.sys.mjs')
        .addDebuggerToGlobal(place);
      const world = new place.Debugger().addDebuggee(content);
      const run = (text) => {
        const ended = world.executeInGlobal(text);
        if (ended === null) throw new Error('the script was stopped');
        if ('throw' in ended) throw bare(opened(ended.throw));
        return ended.return;
      };
      let value = run(TEXT);
      if (value?.callable) value = run('(' + TEXT + '\\n)()');
      Promise.resolve(bare(opened(value))).then(
        (given) => answer({ json: JSON.stringify(given) }),
        (thrown) => answer({ error: told(bare(thrown)) }));
    } catch (thrown) {
      answer({ error: told(thrown) });
    }
  })()`;

  /** Run a text where it belongs; a promise is waited for, and a page that goes away is noticed. */
  async function evaluate(where, text) {
    const browser = browserOf(where);
    const name = `handrail:${last}:${Math.random()}`;
    const { messageManager } = browser;
    const { currentWindowGlobal } = browser.browsingContext;
    const script = beside.replace('NAME', () => JSON.stringify(name))
      .replaceAll('TEXT', () => JSON.stringify(text));
    /** @type {{ json?: string, error?: string } | null} */
    let told = null;
    const listen = (message) => { told = message.data; };
    messageManager.addMessageListener(name, listen);
    try {
      messageManager.loadFrameScript(
        `data:application/javascript;charset=utf-8,${encodeURIComponent(script)}`, false);
      while (!told) {
        await pause(4);
        if (!told && browser.browsingContext?.currentWindowGlobal !== currentWindowGlobal) {
          await pause(50);
          if (!told) throw new Gone('the page went away');
        }
      }
    } finally {
      messageManager.removeMessageListener(name, listen);
    }
    if (told.error !== undefined) throw new Error(told.error);
    return told.json === undefined ? null : JSON.parse(told.json);
  }

  /** Go to an address; answers at the page's load event, or with what stood in the way. */
  function go(id, address, until) {
    const browser = tabOf(id).linkedBrowser;
    const { STATE_STOP, STATE_IS_WINDOW, LOCATION_CHANGE_SAME_DOCUMENT } = Ci.nsIWebProgressListener;
    return new Promise((resolve, reject) => {
      const listener = {
        QueryInterface: ChromeUtils.generateQI([
          'nsIWebProgressListener', 'nsISupportsWeakReference']),
        onStateChange(progress, request, flags, status) {
          const wanted = progress.isTopLevel && flags & STATE_STOP && flags & STATE_IS_WINDOW;
          // What was loading before ends too, and so does the blank page of a new tab, later than
          // one would think.
          const before = status === NS_BINDING_ABORTED || (!status && address !== 'about:blank'
            && browser.currentURI.spec === 'about:blank');
          if (!wanted || before) return;
          end(status === 0 ? null : new Error(`not loaded: 0x${(status >>> 0).toString(16)}`));
        },
        onLocationChange(progress, _request, _location, flags) {
          if (progress.isTopLevel && flags & LOCATION_CHANGE_SAME_DOCUMENT) end(null);
          else if (progress.isTopLevel && until === 'commit'
            && browser.currentURI.spec !== 'about:blank') end(null);
        },
      };
      const end = (error) => {
        browser.removeProgressListener(listener);
        held.delete(listener);
        if (error) reject(error);
        else resolve(null);
      };
      held.add(listener);
      browser.addProgressListener(listener);
      browser.fixupAndLoadURIString(address, {
        triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal(),
      });
    });
  }

  /** The browser holds listeners only weakly. */
  const held = new Set();

  /** Press with the mouse at a point of a document, as the hand does: through the window. */
  function press(where, x, y) {
    const browser = browserOf(where);
    const own = browser.ownerDocument.defaultView;
    const box = browser.getBoundingClientRect();
    const [left, top] = [box.left + x, box.top + y];
    for (const [kind, buttons] of [['mousemove', 0], ['mousedown', 1], ['mouseup', 0]]) {
      const button = { button: 0, buttons, clickCount: kind === 'mousemove' ? 0 : 1 };
      if (own.synthesizeMouseEvent) own.synthesizeMouseEvent(kind, left, top, button, {});
      else own.windowUtils.sendMouseEvent(kind, left, top, 0, button.clickCount, 0);
    }
    return null;
  }

  /** Take a picture of what a document shows; answers with PNG in base64. */
  async function picture(where) {
    const { currentWindowGlobal } = browserOf(where).browsingContext;
    const bitmap = await currentWindowGlobal.drawSnapshot(null, 1, 'rgb(255, 255, 255)');
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 32_768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    }
    return window.btoa(text);
  }

  const acts = {
    evaluate,
    go,
    press,
    picture,
    pages: () => gBrowser.tabs.map((tab) => tab.linkedBrowser.browserId),
    address: (id) => tabOf(id).linkedBrowser.currentURI.spec,
    name: (id) => tabOf(id).linkedBrowser.contentTitle,
    open() {
      const tab = gBrowser.addTrustedTab('about:blank');
      gBrowser.selectedTab = tab;
      return tab.linkedBrowser.browserId;
    },
    show(id) {
      gBrowser.selectedTab = tabOf(id);
      return null;
    },
    close(id) {
      gBrowser.removeTab(tabOf(id), { animate: false });
      return null;
    },
    resize(width, height) {
      window.resizeTo(width, height);
      return null;
    },
    /** The Handrail button's own action, with the leave that a press gives (activeTab). */
    button(extension) {
      const { ExtensionParent } = ChromeUtils.importESModule(
        'resource://gre/modules/ExtensionParent.sys.mjs');
      const policy = WebExtensionPolicy.getByID(extension);
      ExtensionParent.apiManager.global.browserActionFor(policy.extension).triggerAction(window);
      return null;
    },
    panel: (extension) => sidebar(extension) !== null,
    close_panel() {
      window.SidebarController.hide();
      return null;
    },
    /** The extension's host in addresses, once its background listens; it differs in every profile. */
    async ready(extension) {
      for (;;) {
        const policy = WebExtensionPolicy.getByID(extension);
        if (policy?.active && policy.readyState !== 'loading' && policy.extension
          && (policy.extension.backgroundState === 'running'
            || policy.extension.persistentListeners?.size)) return policy.mozExtensionHostname;
        await pause(20);
      }
    },
  };

  return {
    begin(act, ...given) {
      last += 1;
      const number = last;
      Promise.resolve().then(() => acts[act](...given)).then(
        (value) => { answers.set(number, { value }); },
        (thrown) => {
          const error = `${thrown.message ?? thrown}`;
          answers.set(number, { error, gone: thrown instanceof Gone });
        });
      return number;
    },
    ended(numbers) {
      const found = numbers.filter((number) => answers.has(number));
      return found.map((number) => {
        const answer = answers.get(number);
        answers.delete(number);
        return [number, answer];
      });
    },
  };
})();
