// @ts-check
/**
 * @import { Context } from "../../vec2art_nb/ui/viewer_modules/aside.js"
 * @import { PathLayer, Style } from "../../vec2art_nb/ui/viewer_modules/wire.js"
 */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { PaintedPaths } from "../../vec2art_nb/ui/viewer_modules/painted_paths.js";

const SIDE = 40;
const PLACE = { scale: 1, x: 0, y: 0, width: SIDE, height: SIDE };
const TRULY = { isHurried: false, isFirst: true };
const HURRIED = { isHurried: true, isFirst: true };

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
function painted(layer, style, manner = TRULY, place = PLACE) {
  return new PaintedPaths(layer, [{ ...WIDE, ...style }], [SIDE, SIDE]).paint(context, place, manner);
}

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

test("what the browser paints quickly, or the pen cannot, is painted truly in a hurry too", () => {
  for (const style of [{ width: 0.9 }, { width: 30 }, { fill: "#ffffff", stroke: null }]) {
    assert.equal(painted(lines(), style, HURRIED), true);
  }
  assert.equal(painted(lines(), {}, HURRIED, { ...PLACE, scale: 0.3 }), true);
  assert.deepEqual(done, ["stroke", "stroke", "fill", "stroke"]);
});
