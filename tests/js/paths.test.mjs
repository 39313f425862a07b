// @ts-check
/** @import { PathLayer } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { pieces, styleRuns, tracePaths } from "../../vec2art_nb/ui/viewer_modules/paths.js";

/** @type {PathLayer} */
const EMPTY = { kind: "paths", grid: 1, points: new Int16Array(), codes: new Uint8Array(), offsets: new Uint32Array(), styles: new Uint16Array(), closed: new Uint8Array(), union: false };

/** @param {Partial<PathLayer>} layer */
function traced(layer, from = 0, to = 1) {
  /** @type {string[]} */
  const calls = [];
  const sink = {
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => void calls.push(`M${x} ${y}`),
    lineTo: (/** @type {number} */ x, /** @type {number} */ y) => void calls.push(`L${x} ${y}`),
    bezierCurveTo: (/** @type {number[]} */ ...six) => void calls.push(`C${six.join(" ")}`),
  };
  tracePaths(sink, { ...EMPTY, ...layer }, from, to);
  return calls.join(" ");
}

test("lines and curves are traced in order", () => {
  const points = new Int16Array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  const codes = new Uint8Array([1, 4, 4, 4, 2, 2]);
  const layer = { points, codes, offsets: new Uint32Array([0, 6]), closed: new Uint8Array([0]) };
  assert.equal(traced(layer), "M0 0 C1 1 2 2 3 3 L4 4 L5 5");
});

test("each subpath of a closed path returns to where it began", () => {
  const points = new Int16Array([0, 0, 1, 1, 2, 2, 3, 3]);
  const layer = { points, codes: new Uint8Array([1, 2, 1, 2]), offsets: new Uint32Array([0, 4]), closed: new Uint8Array([1]) };
  assert.equal(traced(layer), "M0 0 L1 1 L0 0 M2 2 L3 3 L2 2");
});

test("a path without length gets one, so that round caps make a dot of it", () => {
  const points = new Int16Array([3, 4, 7, 8, 7, 8]);
  const layer = { points, codes: new Uint8Array([1, 1, 2]), offsets: new Uint32Array([0, 3]), closed: new Uint8Array([1]) };
  assert.equal(traced(layer), "M3 4 L3.05 4 M7 8 L7 8 L7.05 8");
});

test("only the paths that are asked for are traced", () => {
  const points = new Int16Array([0, 0, 9, 9, 1, 1, 8, 8, 2, 2]);
  const layer = { points, codes: new Uint8Array([1, 2, 1, 2, 1]), offsets: new Uint32Array([0, 2, 4, 5]), closed: new Uint8Array(3) };
  assert.equal(traced(layer, 1, 2), "M1 1 L8 8");
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
  const line = { stroke: "#000000", fill: null, width: 1, opacity: 1 };
  const styles = [line, { ...line, opacity: 0.5 }, { ...line, fill: "#ffffff" }, { ...line, stroke: null, fill: "#ffffff" }];
  /** @param {number} style @param {boolean} union */
  const lengths = (style, union) => {
    const layer = { ...EMPTY, styles: new Uint16Array(5).fill(style), offsets: new Uint32Array([0, 200, 400, 600, 1600, 1700]), union };
    return pieces(layer, styles).map((run) => run.to - run.from);
  };
  assert.deepEqual(lengths(0, false), [2, 1, 1, 1]);
  for (const style of [1, 2, 3]) assert.deepEqual(lengths(style, false), [5]);
  assert.deepEqual(lengths(2, true), [5]);
  assert.deepEqual(lengths(3, true), [2, 1, 1, 1]);
});
