// @ts-check
/** @import { MarkLayer, Polygon } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Coverage } from "../../vec2art_nb/ui/viewer_modules/coverage.js";
import { shapeOf } from "../../vec2art_nb/ui/viewer_modules/stamps.js";

const TRIANGLE = shapeOf([[0, -1], [0.866, 0.5], [-0.866, 0.5]]);
const CIRCLE = shapeOf(null);
const SIDE = 24;
const PLACE = { scale: 1, x: 0, y: 0, width: SIDE, height: SIDE };
const INK = 0x102030;

/** @param {number[][]} marks x, y, radius, and degrees for a triangle @returns {MarkLayer} */
function layerOf(marks) {
  return {
    kind: "marks",
    grid: 64,
    radiusGrid: 64,
    shapes: Uint8Array.from(marks, ([, , , degrees]) => Number(degrees !== undefined)),
    centers: Int16Array.from(marks.flatMap(([x, y]) => [x * 64, y * 64])),
    radii: Uint16Array.from(marks, ([, , radius]) => radius * 64),
    angles: Int16Array.from(marks, ([, , , degrees = 0]) => degrees * 64),
    styles: new Uint16Array(marks.length),
  };
}

/** @param {Coverage} canvas @param {number[][]} marks */
function paint(canvas, marks, color = INK, opacity = 1, place = PLACE) {
  canvas.paint(layerOf(marks), [CIRCLE, TRIANGLE], place, color, opacity, 0, marks.length);
  return canvas;
}

/** @param {number[][]} marks */
const painted = (marks, color = INK, opacity = 1) => paint(new Coverage(SIDE, SIDE), marks, color, opacity);

/** How much of a pixel a mark covers, by asking at many points. @param {number[]} mark @param {number} column @param {number} row */
function asked([x, y, radius, degrees], column, row) {
  const most = 24;
  let inside = 0;
  for (let i = 0; i < most * most; i += 1) {
    const right = column + ((i % most) + 0.5) / most - x;
    const down = row + (Math.floor(i / most) + 0.5) / most - y;
    if (degrees === undefined) inside += Number(Math.hypot(right, down) <= radius);
    else {
      // A triangle is what lies on the inner side of three lines at half the radius.
      const turns = [90, 210, 330].map((normal) => ((normal + degrees) * Math.PI) / 180);
      inside += Number(turns.every((turn) => Math.cos(turn) * right + Math.sin(turn) * down <= radius / 2));
    }
  }
  return inside / (most * most);
}

/** @param {Coverage} canvas @param {number} column @param {number} row */
const pixel = (canvas, column, row) => [...canvas.pixels.subarray(4 * (row * SIDE + column), 4 * (row * SIDE + column) + 4)];

/** @param {Coverage} canvas */
const inked = (canvas) => canvas.pixels.reduce((sum, value, i) => sum + (i % 4 === 3 ? value / 255 : 0), 0);

test("each pixel is covered as much as the mark covers it", () => {
  for (const mark of [[8.3, 9.7, 0.3], [12, 12, 1.1], [7.45, 10.2, 2.5], [11.9, 9.1, 7.3], [12.2, 11.7, 6.4, 17], [10.5, 10.5, 2.2, -100]]) {
    const canvas = painted([mark]);
    const area = mark.length > 3 ? 1.299 * mark[2] ** 2 : Math.PI * mark[2] ** 2;
    assert.ok(Math.abs(inked(canvas) - area) < 0.02 + 0.02 * area, `${mark}: ${inked(canvas)} of ${area}`);
    for (let i = 0; i < SIDE * SIDE; i += 1) {
      const wanted = asked(mark, i % SIDE, Math.floor(i / SIDE));
      // Stamps stand up to a sixteenth of a pixel off, and are up to a thirty-second of one too large.
      assert.ok(Math.abs(canvas.pixels[4 * i + 3] / 255 - wanted) < 0.12, `${mark} at ${i % SIDE}, ${Math.floor(i / SIDE)}`);
    }
  }
});

test("marks that overlap in one run are one shape, also a see-through one", () => {
  const [, , , alpha] = pixel(painted([[12, 12, 5], [13, 12, 5], [12, 13, 5, 0]], INK, 0.5), 12, 12);
  assert.equal(alpha, 128);
});

test("marks that share a pixel cover it together", () => {
  const both = painted([[10.3, 10.5, 0.3], [10.7, 10.5, 0.3]]);
  assert.ok(Math.abs(pixel(both, 10, 10)[3] / 255 - 2 * Math.PI * 0.3 ** 2) < 0.06);
});

test("a later run lies on the earlier ones", () => {
  const canvas = painted([[12, 12, 5]], 0xff0000, 1);
  paint(canvas, [[12, 12, 3]], 0x0000ff, 0.5);
  assert.deepEqual(pixel(canvas, 12, 12), [128, 0, 128, 255]);
  assert.deepEqual(pixel(canvas, 12, 16), [255, 0, 0, 255]);
});

test("see-through colours mix as light does through two foils", () => {
  const canvas = painted([[12, 12, 5]], 0xff0000, 0.5);
  paint(canvas, [[12, 12, 5]], 0x0000ff, 0.5);
  canvas.divided();
  const [red, green, blue, alpha] = pixel(canvas, 12, 12);
  assert.equal(green, 0);
  assert.ok(Math.abs(alpha - 191) <= 1 && Math.abs(blue - 170) <= 1 && Math.abs(red - 85) <= 1, `${red}, ${blue}, ${alpha}`);
});

test("marks at the rim are cut off, and do not come back on the other side", () => {
  const quarter = painted([[0, 0, 6]]);
  assert.ok(Math.abs(inked(quarter) - Math.PI * 9) < 1);
  assert.equal(pixel(quarter, SIDE - 1, 2)[3], 0);
  for (const place of [[SIDE, SIDE], [SIDE, 0], [0, SIDE]]) assert.ok(Math.abs(inked(painted([[...place, 6]])) - Math.PI * 9) < 1);
  assert.equal(inked(painted([[-6.5, 12, 6], [SIDE + 6.5, 12, 6], [12, -9, 6], [12, SIDE + 9, 6]])), 0);
});

test("colours are what they were, however little of a pixel is covered", () => {
  const { pixels } = painted([[12, 12, 5], [5, 5, 0.4], [20, 4, 0.2]]);
  const divided = painted([[12, 12, 5], [5, 5, 0.4], [20, 4, 0.2]]).divided();
  let seen = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3];
    assert.equal(divided[at + 3], alpha);
    if (alpha === 0) assert.deepEqual([...divided.subarray(at, at + 3)], [0, 0, 0]);
    // What is a step when it is multiplied by alpha is as many as fit in.
    else [0x10, 0x20, 0x30].forEach((part, i) => assert.ok(Math.abs(divided[at + i] - part) <= 127.5 / alpha + 1, `${alpha}`));
    seen += Number(alpha > 0 && alpha < 255);
  }
  assert.ok(seen > 20);
});

test("a cleared canvas is empty", () => {
  const canvas = painted([[12, 12, 5]]);
  canvas.clear();
  assert.equal(inked(canvas), 0);
  assert.deepEqual(pixel(canvas, 12, 12), [0, 0, 0, 0]);
});

test("marks of one shape, size and place between the pixels share a stamp, and angles beyond the turn are the same", () => {
  /** @type {Polygon} */
  const corners = [[-1, -0.1], [1, -0.1], [1, 0.1], [-1, 0.1]];
  const line = shapeOf(corners);
  assert.equal(shapeOf(corners.map(([x, y]) => [x, y])), line);
  assert.equal(line.stamp(3, 0, 0.5, 0.5), line.stamp(3.001, 360 * 64, 0.51, 0.51));
  assert.notEqual(line.stamp(3, 0, 0.5, 0.5), line.stamp(3, 90 * 64, 0.5, 0.5));
  assert.equal(line.stamp(3, -90 * 64, 0.5, 0.5), line.stamp(3, 270 * 64, 0.5, 0.5));
  assert.equal(CIRCLE.stamp(3, 0, 0.5, 0.5), CIRCLE.stamp(3, 77, 0.5, 0.5));
});
