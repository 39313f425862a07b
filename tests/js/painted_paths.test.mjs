// @ts-check
/**
 * @import { Context } from "../../vec2art_nb/ui/viewer_modules/aside.js"
 * @import { Place } from "../../vec2art_nb/ui/viewer_modules/marks.js"
 * @import { PathLayer, Style } from "../../vec2art_nb/ui/viewer_modules/wire.js"
 */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Coverage } from "../../vec2art_nb/ui/viewer_modules/coverage.js";
import { paintLayers } from "../../vec2art_nb/ui/viewer_modules/layers.js";
import { PaintedPaths } from "../../vec2art_nb/ui/viewer_modules/painted_paths.js";

const SIDE = 40;
const PLACE = { scale: 1, x: 0, y: 0, width: SIDE, height: SIDE };
const TRULY = false;
const HURRIED = true;

/** What was done on the canvas, how many paths were made for it, and of how many lines the last one is. @type {string[]} */
const done = [];
let paths = 0;
let lined = 0;

Object.assign(globalThis, {
  Path2D: class {
    lines = 0;
    constructor() {
      paths += 1;
    }
    moveTo() {
      this.lines += 1;
    }
    lineTo() {}
  },
  ImageData: class {},
  OffscreenCanvas: class {
    getContext = () => ({ putImageData: () => void done.push("put aside") });
  },
});

const context = /** @type {Context} */ (
  /** @type {unknown} */ ({
    setTransform() {},
    stroke(/** @type {{lines: number}} */ path) {
      done.push("stroke");
      lined = path.lines;
    },
    fill: () => void done.push("fill"),
    putImageData: () => void done.push("put"),
    drawImage: () => void done.push("draw"),
  })
);

/** @returns {PathLayer} two lines */
const lines = () => ({
  kind: "paths",
  grid: 1,
  points: new Int16Array([5, 5, 30, 20, 5, 30, 30, 35]),
  codes: new Uint8Array([1, 2, 1, 2]),
  offsets: new Uint32Array([0, 2, 4]),
  styles: new Uint16Array(2),
  closed: new Uint8Array(2),
  union: false,
});

/** @type {Style} */
const WIDE = { stroke: "#102030", fill: null, width: 3, opacity: 1 };

/** @param {PathLayer} layer @param {Partial<Style>} style */
function painted(layer, style, isHurried = TRULY, place = PLACE) {
  return paintLayers(context, place, [new PaintedPaths(layer, [{ ...WIDE, ...style }], [SIDE, SIDE])], isHurried);
}

/** @type {Partial<Style>} */
const SHAPE = { stroke: null, fill: "#ffffff" };

beforeEach(() => {
  done.length = 0;
  paths = 0;
});

test("frames in which only styles differ share what was traced", () => {
  const layer = lines();
  for (const style of [{}, { width: 5 }, { stroke: "#ff0000" }, { opacity: 0.5 }, {}]) painted(layer, style);
  assert.equal(paths, 1);
  assert.deepEqual(done, Array(5).fill("stroke"));
  painted(lines(), {});
  assert.equal(paths, 2);
});

test("what must stay together is traced together, though it was not before", () => {
  const layer = lines();
  layer.points = new Int16Array(1200).map((_, i) => i % 30);
  layer.codes = new Uint8Array(600).fill(2);
  layer.codes[0] = layer.codes[300] = 1;
  layer.offsets = new Uint32Array([0, 300, 600]);
  painted(layer, {});
  assert.deepEqual([done.length, lined], [2, 1]);
  painted(layer, { opacity: 0.5 });
  assert.deepEqual([done.length, lined], [3, 2]);
});

test("what is thinned out for lines is not taken for outlines", () => {
  const layer = { ...lines(), grid: 64 };
  painted(layer, {});
  painted(layer, { width: 2 });
  assert.equal(paths, 1);
  painted(layer, { fill: "#ffffff" });
  assert.equal(paths, 2);
});

test("wide lines are drawn with the pen in a hurry, and say that they are not quite true", () => {
  assert.equal(painted(lines(), {}, HURRIED), false);
  assert.deepEqual(done, ["put"]);
  assert.equal(paths, 0);
  assert.equal(painted(lines(), {}), true);
  assert.deepEqual(done, ["put", "stroke"]);
});

test("shapes are filled on numbers in a hurry, and say that they are not quite true", () => {
  assert.equal(painted(lines(), SHAPE, HURRIED), false);
  assert.equal(painted(lines(), { ...SHAPE, opacity: 0.5 }, HURRIED), false);
  assert.equal(painted(lines(), { fill: "#ffffff", width: 0.5 }, HURRIED), false);
  assert.equal(painted(lines(), { ...SHAPE, width: 30 }, HURRIED), false);
  assert.deepEqual(done, ["put", "put", "put", "put"]);
  assert.equal(painted(lines(), SHAPE), true);
  assert.equal(done.at(-1), "fill");
});

test("what the browser paints quickly, or the pen cannot, is painted truly in a hurry too", () => {
  for (const style of [{ width: 0.9 }, { width: 30 }, { fill: "#ffffff", width: 30 }]) {
    assert.equal(painted(lines(), style, HURRIED), true);
  }
  assert.equal(painted(lines(), {}, HURRIED, { ...PLACE, scale: 0.3 }), true);
  assert.deepEqual(done, ["stroke", "stroke", "fill", "stroke", "stroke"]);
  // A shape and its line are see-through as a whole.
  const both = new PaintedPaths(lines(), [{ ...WIDE, fill: "#ffffff", opacity: 0.5 }], [SIDE, SIDE]);
  assert.equal(both.isCovering(PLACE, HURRIED), false);
});

/** @param {PaintedPaths[]} layers @param {number} column @param {number} row @param {Place} place @returns {number[]} */
function covered(layers, column, row, place = PLACE) {
  const coverage = new Coverage(SIDE, SIDE);
  for (const layer of layers) layer.cover(coverage, place);
  return [...coverage.pixels.subarray(4 * (row * SIDE + column), 4 * (row * SIDE + column) + 4)];
}

/** @param {number[][]} boxes left, top, right, bottom @param {Partial<Style>[]} styles */
function boxed(boxes, styles) {
  const points = boxes.flatMap(([left, top, right, bottom]) => [left, top, right, top, right, bottom, left, bottom]);
  /** @type {PathLayer} */
  const layer = {
    ...lines(),
    points: Int16Array.from(points),
    codes: Uint8Array.from({ length: 4 * boxes.length }, (_, i) => (i % 4 === 0 ? 1 : 2)),
    offsets: Uint32Array.from({ length: boxes.length + 1 }, (_, i) => 4 * i),
    styles: Uint16Array.from(boxes, (_, i) => i),
    closed: new Uint8Array(boxes.length).fill(1),
  };
  return new PaintedPaths(layer, styles.map((style) => ({ ...WIDE, ...style })), [SIDE, SIDE]);
}

test("in a hurry too a shape lies below its line, later shapes on earlier ones, and layers on layers", () => {
  const below = boxed([[0, 0, 40, 40]], [{ ...SHAPE, fill: "#00ff00" }]);
  const two = boxed([[5, 5, 25, 25], [15, 5, 35, 25]], [{ fill: "#ff0000", stroke: "#ffffff" }, { ...SHAPE, fill: "#0000ff" }]);
  assert.deepEqual(covered([below, two], 2, 2), [0, 255, 0, 255]);
  assert.deepEqual(covered([below, two], 10, 10), [255, 0, 0, 255]);
  assert.deepEqual(covered([below, two], 10, 5), [255, 255, 255, 255]);
  assert.deepEqual(covered([below, two], 25, 15), [0, 0, 255, 255]);
});

test("in a hurry too what is see-through is so, shapes and lines", () => {
  const shape = boxed([[5, 5, 25, 25]], [{ ...SHAPE, opacity: 0.5 }]);
  assert.deepEqual(covered([shape], 10, 10), [128, 128, 128, 128]);
  const line = boxed([[5, 5, 25, 25]], [{ stroke: "#ffffff", opacity: 0.25 }]);
  assert.deepEqual(covered([line], 10, 5), [64, 64, 64, 64]);
});

test("in a hurry too a view shows what is in it, though shapes reach beyond", () => {
  const layer = boxed([[0, 0, 20, 40], [25, 0, 40, 10], [25, 30, 40, 40]], [{ ...SHAPE, fill: "#ff0000" }, SHAPE, SHAPE]);
  const place = { ...PLACE, scale: 4, x: -60, y: -60 };
  assert.deepEqual(covered([layer], 19, 20, place), [255, 0, 0, 255]);
  assert.deepEqual(covered([layer], 0, 0, place), [255, 0, 0, 255]);
  assert.deepEqual(covered([layer], 21, 20, place), [0, 0, 0, 0]);
});

test("layers that follow one another on numbers are laid on at one go", () => {
  const shapes = boxed([[5, 5, 25, 25]], [SHAPE]);
  const wide = new PaintedPaths(lines(), [{ ...WIDE, width: 30 }], [SIDE, SIDE]);
  assert.equal(paintLayers(context, PLACE, [new PaintedPaths(lines(), [WIDE], [SIDE, SIDE]), shapes, shapes], HURRIED), false);
  assert.deepEqual(done, ["put"]);
  paintLayers(context, PLACE, [shapes, wide, shapes, shapes], HURRIED);
  assert.deepEqual(done, ["put", "put", "stroke", "put aside", "draw"]);
});
