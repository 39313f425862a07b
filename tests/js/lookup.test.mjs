// @ts-check
/** @import { PathLayer } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Lookup } from "../../vec2art_nb/ui/viewer_modules/lookup.js";

/** A line, a closed square with a square hole, a curve, a lone point. @type {PathLayer} */
const LAYER = {
  kind: "paths",
  grid: 1,
  points: new Int16Array([
    ...[0, 0, 10, 0],
    ...[20, 0, 40, 0, 40, 20, 20, 20, 26, 6, 26, 14, 34, 14, 34, 6],
    ...[0, 30, 0, 40, 10, 40, 10, 30],
    ...[50, 50],
  ]),
  codes: new Uint8Array([1, 2, 1, 2, 2, 2, 1, 2, 2, 2, 1, 4, 4, 4, 1]),
  offsets: new Uint32Array([0, 2, 10, 14, 15]),
  styles: new Uint16Array(4),
  closed: new Uint8Array([0, 1, 0, 0]),
  union: false,
};

test("boxes hold all points of a run", () => {
  const lookup = new Lookup(LAYER);
  assert.deepEqual(lookup.box(0, 2), { left: 0, top: 0, right: 40, bottom: 20 });
  assert.deepEqual(lookup.box(2, 4), { left: 0, top: 30, right: 50, bottom: 50 });
  assert.ok(lookup.meets(0, { left: 10, top: 0, right: 12, bottom: 2 }));
  assert.ok(!lookup.meets(0, { left: 11, top: 0, right: 12, bottom: 2 }));
});

test("the nearest path is found within reach, lines that close a shape and lone points too", () => {
  const lookup = new Lookup(LAYER);
  assert.deepEqual(lookup.nearest(5, 3, 4), { path: 0, distance: 3 });
  assert.deepEqual(lookup.nearest(18, 10, 4), { path: 1, distance: 2 });
  assert.deepEqual(lookup.nearest(5, 37.5, 1), { path: 2, distance: 0 });
  assert.deepEqual(lookup.nearest(53, 54, 6), { path: 3, distance: 5 });
  assert.equal(lookup.nearest(5, 37.5 - 9, 1), null);
});

test("what encloses a point is found, and a hole is none of it", () => {
  const lookup = new Lookup(LAYER);
  assert.equal(lookup.around(22, 10, () => true), 1);
  assert.equal(lookup.around(30, 10, () => true), -1);
  assert.equal(lookup.around(22, 10, (path) => path !== 1), -1);
});

test("lengths are those of lines, of closing ones, and nearly those of curves", () => {
  const lookup = new Lookup(LAYER);
  assert.equal(lookup.length(0), 10);
  assert.equal(lookup.length(1), 80 + 32);
  assert.ok(Math.abs(lookup.length(2) - 20) < 0.5);
  assert.equal(lookup.length(3), 0);
});

test("points in a window are told with what they are, and curves with their handles", () => {
  /** @type {string[]} */
  const told = [];
  const visit = {
    start: (/** @type {number[]} */ ...at) => void told.push(`S${at}`),
    point: (/** @type {number[]} */ ...at) => void told.push(`P${at}`),
    handle: (/** @type {number[]} */ ...four) => void told.push(`H${four}`),
  };
  new Lookup(LAYER).visitNodes({ left: 0, top: 0, right: 19, bottom: 45 }, visit, () => false);
  assert.equal(told.join(" "), "S0,0 P10,0 S0,30 H0,30,0,40 H10,30,10,40 P10,30");
  told.length = 0;
  new Lookup(LAYER).visitNodes({ left: 0, top: 0, right: 60, bottom: 60 }, visit, () => told.length > 1);
  assert.equal(told.length, 2);
});
