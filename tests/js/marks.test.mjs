// @ts-check
/** @import { MarkLayer } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { distinctAngles, largestRadius, traceMarks } from "../../vec2art_nb/ui/viewer_modules/marks.js";
import { shapeOf } from "../../vec2art_nb/ui/viewer_modules/stamps.js";

const SHAPES = [shapeOf(null), shapeOf([[0, -1], [1, 0], [0, 1], [-1, 0]])];
const PLACE = { scale: 1, x: 0, y: 0, width: 100, height: 100 };

/** @param {number[][]} marks shape, x, y, radius, degrees @returns {MarkLayer} */
function layerOf(marks) {
  return {
    kind: "marks",
    grid: 8,
    radiusGrid: 16,
    shapes: Uint8Array.from(marks, ([shape]) => shape),
    centers: Int16Array.from(marks.flatMap(([, x, y]) => [x * 8, y * 8])),
    radii: Uint16Array.from(marks, ([, , , radius]) => radius * 16),
    angles: Int16Array.from(marks, ([, , , , degrees]) => degrees * 64),
    styles: new Uint16Array(marks.length),
  };
}

/** @param {number[][]} marks @param {Partial<typeof PLACE>} place */
function traced(marks, place = {}, margin = 0, from = 0, to = marks.length) {
  /** @type {string[]} */
  const calls = [];
  /** @param {string} letter @param {number[]} numbers */
  const call = (letter, numbers) => void calls.push(letter + numbers.map((number) => +number.toFixed(3) + 0).join(" "));
  const sink = {
    moveTo: (/** @type {number[]} */ ...two) => call("M", two),
    lineTo: (/** @type {number[]} */ ...two) => call("L", two),
    arc: (/** @type {number[]} */ ...five) => call("A", five),
  };
  traceMarks(sink, layerOf(marks), SHAPES, { ...PLACE, ...place }, margin, from, to);
  return calls.join(" ");
}

test("a circle is an arc where the canvas has it", () => {
  assert.equal(traced([[0, 10, 20, 5, 0]], { scale: 2, x: 1, y: 3 }), "M31 43 A21 43 10 0 6.283");
});

test("a polygon is moved, scaled and turned clockwise, and ends where it began", () => {
  assert.equal(traced([[1, 10, 20, 5, 0]]), "M10 15 L15 20 L10 25 L5 20 L10 15");
  assert.equal(traced([[1, 10, 20, 5, 90]]), "M15 20 L10 25 L5 20 L10 15 L15 20");
  assert.equal(traced([[1, 10, 20, 5, -45]]), "M6.464 16.464 L13.536 16.464 L13.536 23.536 L6.464 23.536 L6.464 16.464");
});

test("only the marks that are asked for, and that the canvas shows, are traced", () => {
  const marks = [-6, -4, 50, 104, 106].map((x) => [0, x, 50, 5, 0]);
  assert.equal(traced(marks).match(/M/g)?.length, 3);
  assert.equal(traced(marks, {}, 2).match(/M/g)?.length, 5);
  assert.equal(traced(marks, {}, 0, 2, 3), "M55 50 A50 50 5 0 6.283");
});

test("polygons that run against the circles are turned round", () => {
  const there = shapeOf([[0, -1], [1, 0], [0, 1], [-1, 0]]).outline;
  const back = shapeOf([[-1, 0], [0, 1], [1, 0], [0, -1]]).outline;
  assert.deepEqual(back, there);
});

test("the largest radius and the angles that matter are known", () => {
  const layer = layerOf([[0, 0, 0, 5, 10], [1, 0, 0, 7.5, 20], [1, 0, 0, 1, 20], [1, 0, 0, 1, 30]]);
  assert.equal(largestRadius(layer), 7.5);
  assert.equal(distinctAngles(layer, SHAPES, 9), 2);
  assert.equal(distinctAngles(layer, SHAPES, 1), 1);
});
