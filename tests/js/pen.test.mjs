// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Coverage } from "../../vec2art_nb/ui/viewer_modules/coverage.js";
import { Pen } from "../../vec2art_nb/ui/viewer_modules/pen.js";

const SIDE = 40;
const PLACE = { scale: 1, x: 0, y: 0, width: SIDE, height: SIDE };

/** @param {number[][]} points corners of a line @param {number} width */
function drawn(points, width, { unit = 1, place = PLACE } = {}) {
  const coverage = new Coverage(SIDE, SIDE);
  const pen = new Pen(coverage, place, unit, width);
  pen.moveTo(points[0][0], points[0][1]);
  for (const to of points.slice(1)) {
    if (to.length === 2) pen.lineTo(to[0], to[1]);
    else pen.bezierCurveTo(to[0], to[1], to[2], to[3], to[4], to[5]);
  }
  pen.end();
  return coverage;
}

/** @param {Coverage} coverage */
const ink = ({ covered }) => covered.reduce((sum, value) => sum + value / 255, 0);

/** How much of each pixel a line covers, by asking at many points. @param {number[][]} points @param {number} width */
function asked(points, width) {
  const most = 16;
  /** @param {number} x @param {number} y */
  const isInside = (x, y) =>
    points.slice(1).some(([toX, toY], i) => {
      const [fromX, fromY] = points[i];
      const [right, down] = [toX - fromX, toY - fromY];
      const along = ((x - fromX) * right + (y - fromY) * down) / (right * right + down * down);
      const near = Math.min(1, Math.max(0, along));
      return Math.hypot(x - fromX - near * right, y - fromY - near * down) <= width / 2;
    });
  return Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    let inside = 0;
    for (let i = 0; i < most * most; i += 1) {
      // Not in rows and columns, or a level line would have all points of a row or none.
      const x = (pixel % SIDE) + ((i * 0.754877666) % 1);
      inside += Number(isInside(x, Math.floor(pixel / SIDE) + ((i * 0.569840291) % 1)));
    }
    return inside / (most * most);
  });
}

const LINES = {
  level: [[5.2, 20.4], [33.7, 20.4]],
  upright: [[20.3, 34.1], [20.3, 6.6]],
  "half steep": [[6, 7], [33, 31]],
  "a corner": [[6, 30], [20.5, 8.5], [33, 32]],
  "a turn from across to down": [[5, 12], [22, 26], [27, 33], [29, 38]],
  "back and forth": [[8, 20], [30, 24], [9, 27]],
};

for (const [name, points] of Object.entries(LINES)) {
  test(`pixels are covered as much as the line covers them: ${name}`, () => {
    for (const width of [1.2, 2, 3.3, 6]) {
      const { covered } = drawn(points, width);
      const wanted = asked(points, width);
      const off = wanted.map((value, i) => Math.abs(value - covered[i] / 255));
      const rim = wanted.filter((value) => value > 0 && value < 1).length;
      // The wider, the more the ends are off, which are cut along the axes.
      assert.ok(Math.max(...off) < Math.max(0.4, width / 10), `${width} px wide: ${Math.max(...off)}`);
      const mean = off.reduce((sum, value) => sum + value, 0) / rim;
      assert.ok(mean < 0.08, `${width} px wide: ${mean}`);
      const all = wanted.reduce((sum, value) => sum + value, 0);
      assert.ok(Math.abs(ink(drawn(points, width)) / all - 1) < 0.03, `${width} px wide: ${ink(drawn(points, width))}, not ${all}`);
    }
  });
}

test("a line thinner than a pixel is one of a pixel, as much paler", () => {
  const points = [[4, 10.5], [36, 20.5]];
  assert.ok(Math.abs(ink(drawn(points, 1)) - 32) < 0.5);
  assert.ok(Math.abs(ink(drawn(points, 0.25)) - 8) < 0.5);
  assert.ok(drawn(points, 0.25).covered.every((value) => value <= 64));
});

test("a curve goes where it goes", () => {
  const [startX, startY, ...curve] = [4, 36, 4, 4, 36, 36, 36, 4];
  const along = Array.from({ length: 65 }, (_, i) => {
    const t = i / 64;
    const weights = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
    const at = [startX, startY, ...curve];
    return [0, 1].map((axis) => weights.reduce((sum, weight, k) => sum + weight * at[2 * k + axis], 0));
  });
  const { covered } = drawn([[startX, startY], curve], 3);
  const wanted = asked(along, 3);
  assert.ok(wanted.every((value, i) => Math.abs(value - covered[i] / 255) < 0.5));
});

test("a line that crosses itself is one shape, and is there once", () => {
  const coverage = drawn([[5, 5], [35, 35], [35, 5], [5, 35], [5, 5]], 3);
  const { touched, count } = coverage;
  assert.equal(new Set(touched.subarray(0, count)).size, count);
  assert.equal(count, coverage.covered.filter(Boolean).length);
  coverage.lay(0x102030, 0.5);
  const alphas = new Set(coverage.pixels.filter((_, i) => i % 4 === 3));
  assert.equal(Math.max(...alphas), 128);
  assert.ok(coverage.covered.every((value) => value === 0));
});

test("lines beyond the rim are cut off, and do not come back on the other side", () => {
  const inner = drawn([[20, 20], [SIDE + 15, 20]], 4);
  for (let row = 0; row < SIDE; row += 1) assert.equal(inner.covered[row * SIDE] > 0, false);
  assert.equal(inner.covered[20 * SIDE + SIDE - 1], 255);
  for (const rim of [0.5, SIDE - 0.5]) {
    for (const points of [[[-9, rim], [SIDE + 9, rim]], [[rim, -9], [rim, SIDE + 9]]]) {
      assert.ok(Math.abs(ink(drawn(points, 4)) - 2.5 * SIDE) < 0.5);
    }
  }
  assert.equal(ink(drawn([[-30, -5], [90, -20]], 4)), 0);
});

test("points are in units of the grid, and the page may stand anywhere", () => {
  const there = drawn([[10, 40], [70, 20]], 3, { unit: 0.5, place: { ...PLACE, x: 2, y: -3 } });
  assert.deepEqual(there.covered, drawn([[7, 17], [37, 7]], 3).covered);
});
