// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  centred,
  counted,
  decodeLayers,
  fitted,
  formatBytes,
  formatTime,
  held,
  replaces,
  statusText,
  styleRuns,
  tracePaths,
  zoomed,
} from "../../vec2art_nb/ui/viewer.js";

/** @param {ArrayBufferView<ArrayBuffer>} array @param {number} shift */
function message(array, shift) {
  // A buffer of a message may begin anywhere in a larger one.
  const whole = new Uint8Array(array.byteLength + shift);
  whole.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), shift);
  return new DataView(whole.buffer, shift, array.byteLength);
}

const HEADER = {
  format: 1,
  size: /** @type {[number, number]} */ ([100, 50]),
  background: null,
  styles: [],
  layers: [
    { name: "lines", kind: "paths", paths: 2, points: 6, grid: 64, buffers: { points: 0, codes: 1, offsets: 2, styles: 3, closed: 4 } },
  ],
};
const BUFFERS = [
  new Int16Array([0, 0, 64, -64, 128, 0, 5, 6, 7, 8, 9, 10]),
  new Uint8Array([1, 2, 2, 1, 1, 2]),
  new Uint32Array([0, 3, 6]),
  new Uint16Array([3, 65535]),
  new Uint8Array([1, 0]),
];

test("a frame is decoded wherever its buffers begin", () => {
  for (const shift of [0, 1, 3]) {
    const [layer] = decodeLayers(HEADER, BUFFERS.map((array) => message(array, shift)));
    assert.deepEqual([...layer.points], [...BUFFERS[0]]);
    assert.deepEqual([...layer.offsets], [0, 3, 6]);
    assert.deepEqual([...layer.styles], [3, 65535]);
    assert.deepEqual([...layer.closed], [1, 0]);
    assert.equal(layer.grid, 64);
  }
});

test("a frame of a later format is refused in words", () => {
  assert.throws(() => decodeLayers({ ...HEADER, format: 2 }, []), /reload the page/);
});

/** @param {Partial<import("../../vec2art_nb/ui/viewer.js").Layer>} layer */
function traced(layer, from = 0, to = 1) {
  /** @type {string[]} */
  const calls = [];
  const sink = {
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => void calls.push(`M${x} ${y}`),
    lineTo: (/** @type {number} */ x, /** @type {number} */ y) => void calls.push(`L${x} ${y}`),
    bezierCurveTo: (/** @type {number[]} */ ...six) => void calls.push(`C${six.join(" ")}`),
    closePath: () => void calls.push("Z"),
  };
  const empty = { grid: 1, points: new Int16Array(), codes: new Uint8Array(), offsets: new Uint32Array(), styles: new Uint16Array(), closed: new Uint8Array() };
  tracePaths(sink, { ...empty, ...layer }, from, to);
  return calls.join(" ");
}

test("lines and curves are traced in order", () => {
  const points = new Int16Array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  const codes = new Uint8Array([1, 4, 4, 4, 2, 2]);
  const layer = { points, codes, offsets: new Uint32Array([0, 6]), closed: new Uint8Array([0]) };
  assert.equal(traced(layer), "M0 0 C1 1 2 2 3 3 L4 4 L5 5");
});

test("each subpath of a closed path is closed", () => {
  const points = new Int16Array([0, 0, 1, 1, 2, 2, 3, 3]);
  const layer = { points, codes: new Uint8Array([1, 2, 1, 2]), offsets: new Uint32Array([0, 4]), closed: new Uint8Array([1]) };
  assert.equal(traced(layer), "M0 0 L1 1 Z M2 2 L3 3 Z");
});

test("only the paths that are asked for are traced", () => {
  const points = new Int16Array([0, 0, 1, 1, 2, 2]);
  const layer = { points, codes: new Uint8Array([1, 1, 1]), offsets: new Uint32Array([0, 1, 2, 3]), closed: new Uint8Array(3) };
  assert.equal(traced(layer, 1, 2), "M1 1");
});

test("runs keep the painting order", () => {
  assert.deepEqual(styleRuns(new Uint16Array([0, 0, 1, 0])), [
    { from: 0, to: 2, style: 0 },
    { from: 2, to: 3, style: 1 },
    { from: 3, to: 4, style: 0 },
  ]);
  assert.deepEqual(styleRuns(new Uint16Array()), []);
});

test("a long run is split only where that cannot be seen", () => {
  const styles = new Uint16Array(5000);
  assert.equal(styleRuns(styles).length, 1);
  const runs = styleRuns(styles, () => true);
  assert.deepEqual(runs.map((run) => run.to - run.from), [2000, 2000, 1000]);
});

/** @param {number} generation @param {boolean} exact */
const facts = (generation, exact) => ({ generation, exact, milliseconds: 4.2, bytes: 96_000, digest: "", notes: [] });

test("a late frame is dropped, and an exact one is not replaced by a preview", () => {
  assert.ok(replaces(facts(0, false), null));
  assert.ok(replaces(facts(5, false), facts(4, true)));
  assert.ok(!replaces(facts(4, true), facts(5, false)));
  assert.ok(replaces(facts(5, true), facts(5, false)));
  assert.ok(!replaces(facts(5, false), facts(5, true)));
});

test("a picture is fitted into the middle of the room", () => {
  assert.deepEqual(fitted({ width: 100, height: 50 }, { width: 200, height: 200 }), { scale: 2, x: 0, y: 50 });
  assert.deepEqual(centred({ width: 100, height: 50 }, { width: 200, height: 200 }, 1), { scale: 1, x: 50, y: 75 });
});

test("zooming leaves the point under the pointer where it is", () => {
  const from = { scale: 2, x: 10, y: -30 };
  const to = zoomed(from, 50, 70, 1.7);
  assert.ok(Math.abs((50 - from.x) / from.scale - (50 - to.x) / to.scale) < 1e-9);
  assert.ok(Math.abs((70 - from.y) / from.scale - (70 - to.y) / to.scale) < 1e-9);
});

test("zooming ends at its limits without moving the picture", () => {
  const most = zoomed({ scale: 64, x: 10, y: 20 }, 50, 70, 3);
  assert.deepEqual(most, { scale: 64, x: 10, y: 20 });
});

test("the page cannot be lost from sight", () => {
  const picture = { width: 100, height: 100 };
  const room = { width: 300, height: 300 };
  assert.deepEqual(held({ scale: 1, x: 900, y: -900 }, picture, room), { scale: 1, x: 260, y: -60 });
  assert.deepEqual(held({ scale: 1, x: 5, y: 5 }, picture, room), { scale: 1, x: 5, y: 5 });
});

test("the status line says what is shown and never what is hoped for", () => {
  const shown = { ...facts(1, true), paths: 1243, points: 18402 };
  assert.equal(statusText(shown, "settled"), "exact · 1,243 paths · 18,402 points · 96 kB frame · 4.2 ms");
  assert.match(statusText({ ...shown, exact: false }, "settled"), /^preview · /);
  assert.match(statusText(shown, "working"), /^working…/);
  assert.match(statusText(shown, "failed"), /^failed; this is the drawing before/);
  assert.equal(statusText(shown, "gone"), "no kernel");
  assert.equal(statusText(null, "settled"), "drawing…");
});

test("numbers are written as people write them", () => {
  assert.equal(counted(1, "path"), "1 path");
  assert.equal(counted(1000, "path"), "1,000 paths");
  assert.deepEqual([812, 96_400, 2_340_000].map(formatBytes), ["812 B", "96 kB", "2.3 MB"]);
  assert.deepEqual([0.06, 9.96, 38.2, 1234].map(formatTime), ["0.1 ms", "10.0 ms", "38 ms", "1.2 s"]);
});
