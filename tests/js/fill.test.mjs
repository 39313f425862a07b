// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Coverage } from "../../vec2art_nb/ui/viewer_modules/coverage.js";
import { Fill } from "../../vec2art_nb/ui/viewer_modules/fill.js";

const SIDE = 40;
const INK = 0x102030;

/** @param {Coverage} coverage @param {number[][][]} outlines corners, or six numbers for a curve */
function filled(coverage, outlines, color = INK, opacity = 1, { unit = 1, x = 0, y = 0 } = {}) {
  const fill = new Fill(coverage, { scale: 1, x, y, width: coverage.width, height: coverage.height }, unit);
  for (const [[startX, startY], ...rest] of outlines) {
    fill.moveTo(startX, startY);
    for (const to of rest) {
      if (to.length === 2) fill.lineTo(to[0], to[1]);
      else fill.bezierCurveTo(to[0], to[1], to[2], to[3], to[4], to[5]);
    }
  }
  fill.end();
  fill.lay(color, opacity);
  return coverage;
}

/** @param {number[][][]} outlines */
const alone = (outlines, opacity = 1) => filled(new Coverage(SIDE, SIDE), outlines, INK, opacity);

/** @param {Coverage} coverage @returns {number[]} of all pixels, 0 … 1 */
const alphas = ({ words }) => Array.from(words, (word) => (word >>> 24) / 255);

/** How much of each pixel has a winding that is not 0, by asking at many points. @param {number[][][]} outlines */
function asked(outlines, width = SIDE, height = SIDE) {
  const most = 256;
  /** @param {number} x @param {number} y */
  const winding = (x, y) => {
    let sum = 0;
    for (const outline of outlines) {
      outline.forEach(([fromX, fromY], i) => {
        const [toX, toY] = outline[(i + 1) % outline.length];
        if (fromY <= y === toY <= y) return;
        if (fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX) < x) sum += toY > fromY ? 1 : -1;
      });
    }
    return sum;
  };
  return Array.from({ length: width * height }, (_, pixel) => {
    let inside = 0;
    for (let i = 0; i < most; i += 1) {
      const x = (pixel % width) + ((i * 0.754877666) % 1);
      inside += Number(winding(x, Math.floor(pixel / width) + ((i * 0.569840291) % 1)) !== 0);
    }
    return inside / most;
  });
}

/** Numbers as if by chance, the same each time. @param {number} seed */
function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A star with corners at all distances: it is not convex, but does not cross itself. @param {() => number} random @param {number} x @param {number} y @param {number} size */
function star(random, x, y, size) {
  const corners = 3 + Math.floor(random() * 9);
  return Array.from({ length: corners }, (_, i) => {
    const radius = size * (0.2 + 0.8 * random());
    return [x + radius * Math.cos((2 * Math.PI * i) / corners), y + radius * Math.sin((2 * Math.PI * i) / corners)];
  });
}

/** @param {number} left @param {number} top @param {number} right @param {number} bottom */
const box = (left, top, right, bottom) => [[left, top], [right, top], [right, bottom], [left, bottom]];

/** @param {number[]} found @param {number[]} wanted @param {string} name */
function assertNear(found, wanted, name, most = 0.03) {
  found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < most, `${name}: ${value}, not ${wanted[i]}, in pixel ${i}`));
}

const OUTLINES = {
  "a box between the pixels": [box(3.25, 4.5, 30.75, 33.125)],
  "a triangle with a flat side": [[[1.3, 1.2], [38.4, 3.7], [14.1, 10.6]]],
  "a sliver across": [[[2, 20.2], [38, 20.9], [38, 21.1]]],
  "a sliver down": [[[20.2, 2], [20.9, 38], [20.7, 38]]],
  "a hole that runs against it": [box(4, 4, 36.5, 36.5), [...box(10.5, 9.25, 30, 31)].reverse()],
  "one within another that runs alike": [box(4, 4, 36.5, 36.5), box(10.5, 9.25, 30, 31)],
  "several far apart, in different words of bits": [box(0.5, 0.5, 4, 4), box(30.3, 1, 33.6, 9), box(31, 30, 39.5, 39.5)],
  "neighbours that share a side": [box(3.3, 3.3, 20.4, 30), box(20.4, 3.3, 36.2, 30)],
};

for (const [name, outlines] of Object.entries(OUTLINES)) {
  test(`pixels are covered as much as is inside: ${name}`, () => assertNear(alphas(alone(outlines)), asked(outlines), name));
}

test("pixels are covered as much as is inside, whatever the shape, also where the canvas cuts it off", () => {
  const random = chance(5);
  for (let round = 0; round < 16; round += 1) {
    const outline = star(random, random() * SIDE, random() * SIDE, 2 + random() * SIDE);
    assertNear(alphas(alone([outline])), asked([outline]), JSON.stringify(outline), 0.04);
  }
});

test("rows of any number of words are whole", () => {
  for (const width of [29, 30, 31, 32, 62, 63, 1022, 1023]) {
    const outlines = [[[0.5, 0.3], [width + 9, 1.2], [width - 3.5, 1.9]], [[2.3, 2.2], [width - 0.2, 2.4], [width - 8.4, 3.9]]];
    const coverage = filled(new Coverage(width, 4), outlines);
    assertNear(alphas(coverage), asked(outlines, width, 4), `${width} wide`, 0.04);
  }
});

test("what is beyond one of the four rims changes nothing but what is in sight of it", () => {
  for (const at of [-9, SIDE]) {
    assert.ok(alphas(alone([box(at, 5, at + 9, 9)])).every((alpha) => alpha === 0));
    assert.ok(alphas(alone([box(5, at, 9, at + 9)])).every((alpha) => alpha === 0));
  }
  assert.ok(alphas(alone([box(-1e7, -1e7, 1e7, 1e7)])).every((alpha) => alpha === 1));
  const rhomb = [[SIDE / 2, -SIDE], [2 * SIDE, SIDE / 2], [SIDE / 2, 2 * SIDE], [-SIDE, SIDE / 2]];
  assertNear(alphas(alone([rhomb])), asked([rhomb]), "a rhomb that reaches beyond all rims");
});

test("a curve encloses what it encloses", () => {
  const [start, control] = [[4, 36], [4, -10, 36, -10, 36, 36]];
  const along = Array.from({ length: 65 }, (_, i) => {
    const t = i / 64;
    const weights = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
    return [0, 1].map((axis) => weights.reduce((sum, weight, k) => sum + weight * [...start, ...control][2 * k + axis], 0));
  });
  assertNear(alphas(alone([[start, control]])), asked([along]), "a bow", 0.3);
});

test("a shape is as opaque as its style, and mixes with what lies below", () => {
  const coverage = alone([box(4, 4, 36, 36)], 0.5);
  assert.deepEqual([...coverage.divided().subarray(4 * (20 * SIDE + 20)).subarray(0, 4)], [0x10, 0x20, 0x30, 128]);
  const two = filled(filled(new Coverage(SIDE, SIDE), [box(0, 0, SIDE, SIDE)], 0xff0000), [box(4.5, 4, 36, 36)], 0x0000ff, 0.5);
  const at = 4 * (20 * SIDE);
  assert.deepEqual([...two.pixels.subarray(at + 80, at + 84)], [128, 0, 128, 255]);
  assert.deepEqual([...two.pixels.subarray(at + 16, at + 20)], [191, 0, 64, 255]);
  assert.deepEqual([...two.pixels.subarray(at, at + 4)], [255, 0, 0, 255]);
});

test("points are in units of the grid, and the page may stand anywhere", () => {
  const there = filled(new Coverage(SIDE, SIDE), [[[10, 40], [70, 20], [30, 70]]], INK, 1, { unit: 0.5, x: 2, y: -3 });
  assert.deepEqual(there.words, alone([[[7, 17], [37, 7], [17, 32]]]).words);
});

test("thousands of cells of one colour leave no gap, and one run leaves nothing behind for the next", () => {
  const random = chance(8);
  const [width, height, cell] = [500, 300, 8.37];
  const columns = Math.ceil(width / cell) + 1;
  const rows = Math.ceil(height / cell) + 1;
  const corners = Array.from({ length: (columns + 1) * (rows + 1) }, (_, i) => [
    ((i % (columns + 1)) - 0.5 + (random() - 0.5) * 0.6) * cell,
    (Math.floor(i / (columns + 1)) - 0.5 + (random() - 0.5) * 0.6) * cell,
  ]);
  const cells = Array.from({ length: columns * rows }, (_, i) => {
    const at = Math.floor(i / columns) * (columns + 1) + (i % columns);
    return [corners[at], corners[at + 1], corners[at + columns + 2], corners[at + columns + 1]];
  });
  assert.ok(cells.length > 2000);
  const whole = filled(new Coverage(width, height), cells);
  assert.ok(whole.words.every((word) => word >>> 24 === 255));
  const again = new Coverage(width, height);
  for (const one of cells) filled(again, [one], 0xffffff);
  // Laid one after the other, two that cover a half each leave a quarter.
  assert.ok(again.words.every((word) => word >>> 24 > 120));
  const { changes, marks, index } = again.crossings;
  for (const left of [changes, marks, index]) assert.ok(left.every((value) => value === 0));
});
