// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { contents, counted, formatBytes, formatTime, statusText } from "../../vec2art_nb/ui/viewer_modules/words.js";

const SHOWN = { number: 1, generation: 1, scale: 1, exact: true, stages: [], milliseconds: 4.2, bytes: 96_000, digest: "", notes: [], paths: 1243, points: 18402, marks: 0 };

test("the status line says what is shown and never what is hoped for", () => {
  assert.equal(statusText(SHOWN, "settled"), "exact · 1,243 paths · 18,402 points · 96 kB frame · 4.2 ms");
  assert.match(statusText({ ...SHOWN, exact: false, scale: 0.5 }, "settled"), /^preview 50 % · 1,243 paths/);
  assert.match(statusText({ ...SHOWN, exact: false, scale: Math.SQRT1_2 }, "settled"), /^preview 71 % · /);
  assert.match(statusText(SHOWN, "working"), /^working…/);
  assert.match(statusText(SHOWN, "busy"), /^the kernel is busy…/);
  assert.match(statusText(SHOWN, "failed"), /^failed; this is the drawing before/);
  assert.match(statusText({ ...SHOWN, exact: false, scale: 0.5 }, "failed"), /^failed; this is a preview/);
  assert.equal(statusText(SHOWN, "gone"), "no kernel");
  assert.equal(statusText(null, "settled"), "drawing…");
});

test("marks are counted, and paths are not spoken of where there are none", () => {
  assert.deepEqual(contents({ paths: 2, points: 6, marks: 1 }), ["2 paths", "6 points", "1 mark"]);
  assert.deepEqual(contents({ paths: 0, points: 0, marks: 40_000 }), ["40,000 marks"]);
  assert.deepEqual(contents({ paths: 0, points: 0, marks: 0 }), ["0 paths", "0 points"]);
  const dots = { ...SHOWN, paths: 0, points: 0, marks: 1243 };
  assert.equal(statusText(dots, "settled"), "exact · 1,243 marks · 96 kB frame · 4.2 ms");
});

test("numbers are written as people write them", () => {
  assert.equal(counted(1, "path"), "1 path");
  assert.equal(counted(1000, "path"), "1,000 paths");
  assert.deepEqual([812, 96_400, 2_340_000].map(formatBytes), ["812 B", "96 kB", "2.3 MB"]);
  assert.deepEqual([0.06, 9.96, 38.2, 1234].map(formatTime), ["0.1 ms", "10.0 ms", "38 ms", "1.2 s"]);
});
