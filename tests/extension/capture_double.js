// Stands in for engine/capture.js in panel tests: takes an invented view, or fails as it is told to
// by `globalThis.told`. It reads no page.

import { hexOf, utf8 } from "../core/bytes.js";
import { canonicalBytes } from "../core/canonical.js";
import { sha256Hex } from "../core/digest.js";
import { HandrailError } from "../core/errors.js";

const told = (globalThis.told = {
  problem: null, waitAt: null, missing: false, url: "https://chat.example.com/t/17841",
  title: "sky.m_204 <b>", at: null,
});

/** Lets a capture go on that waits at a step. */
let goOn = () => undefined;
globalThis.letGoOn = () => goOn();

export async function captureView({ signal, tell }) {
  for (const step of ["hiding", "checking", "picture", "text", "restoring"]) {
    tell(step);
    if (told.waitAt === step) {
      await new Promise((resolve) => {
        goOn = resolve;
        signal.addEventListener("abort", resolve);
      });
    }
    if (signal.aborted) {
      throw new HandrailError("capture-stopped");
    }
    if (told.problem) {
      throw new HandrailError(told.problem);
    }
  }
  return invented();
}

async function invented() {
  const now = told.at ?? new Date().toISOString();
  const exhibits = [
    { number: 1, kind: "view", media_type: "image/png", bytes: await plainPicture() },
    { number: 2, kind: "page", media_type: "text/html;charset=utf-8",
      bytes: utf8("<!doctype html><p>Pay until 20:00.</p>") },
  ];
  const facts = {
    v: 1, capture: hexOf(crypto.getRandomValues(new Uint8Array(16))), save: "view",
    source: { url: told.url, title: told.title, referrer: null, language: "en" },
    times: { started: now, finished: now, zone: "Europe/London", offset_minutes: 0, uptime_ms: 1 },
    window: { width: 64, height: 40, page_width: 64, page_height: 400, scroll_x: 0, scroll_y: 0,
      device_pixel_ratio: "1" },
    picture: { width: 64, height: 40 },
    made_by: { extension: "0.1.0", browser: navigator.userAgent, platform: "Linux",
      languages: ["en-GB"] },
    pictures: { hidden: true, count: 9, verified: true, shown: null },
    completeness: { reached: "view", overlays_hidden: 0, gaps: [], page_changed: told.missing,
      not_read: told.missing ? [{ what: "frame", count: 1 }, { what: "canvas", count: 2 }] : [] },
    exhibits: await Promise.all(exhibits.map(async ({ number, kind, media_type, bytes }) => (
      { number, kind, media_type, length: bytes.length, sha256: await sha256Hex(bytes) }))),
  };
  exhibits.push({
    number: 3, kind: "facts", media_type: "application/json", bytes: canonicalBytes(facts),
  });
  return { facts, exhibits };
}

async function plainPicture() {
  const canvas = new OffscreenCanvas(640, 400);
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#dfe6ee";
  brush.fillRect(0, 0, 640, 400);
  brush.fillStyle = "#98a4b3";
  brush.fillRect(40, 60, 160, 120);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
