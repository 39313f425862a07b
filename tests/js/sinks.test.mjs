// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { contains, grown, meets, Thinned, Windowed } from "../../vec2art_nb/ui/viewer_modules/sinks.js";

const BOX = { left: 0, top: 0, right: 10, bottom: 10 };

function recorder() {
  /** @type {string[]} */
  const calls = [];
  return {
    calls,
    moveTo: (/** @type {number[]} */ ...to) => void calls.push(`M${to}`),
    lineTo: (/** @type {number[]} */ ...to) => void calls.push(`L${to}`),
    bezierCurveTo: (/** @type {number[]} */ ...six) => void calls.push(`C${six}`),
  };
}

test("boxes that share as much as a point meet", () => {
  assert.ok(meets(BOX, { left: 10, top: 10, right: 12, bottom: 12 }));
  assert.ok(!meets(BOX, { left: 11, top: 0, right: 12, bottom: 12 }));
  assert.ok(contains(BOX, BOX) && !contains(BOX, grown(BOX, 1)));
});

test("a line out of sight is left out, and taken up again where it comes back", () => {
  const seen = recorder();
  const sink = new Windowed(seen, BOX);
  sink.moveTo(-9, 5);
  for (const [x, y] of [[-5, 5], [5, 5], [15, 5], [20, 5], [20, -5], [5, -5], [5, 2]]) sink.lineTo(x, y);
  assert.equal(seen.calls.join(" "), "M-5,5 L5,5 L15,5 M5,-5 L5,2");
});

test("a line that crosses the window without a point in it is seen, and so is a curve", () => {
  const seen = recorder();
  const sink = new Windowed(seen, BOX);
  sink.moveTo(-5, -5);
  sink.lineTo(20, 20);
  sink.bezierCurveTo(30, 30, 30, 30, 40, 40);
  sink.bezierCurveTo(0, 0, 40, 50, 60, 60);
  assert.equal(seen.calls.join(" "), "M-5,-5 L20,20 M40,40 C0,0,40,50,60,60");
});

test("from far off, points of one cell are one, and a line ends where it ends", () => {
  const seen = recorder();
  const sink = new Thinned(seen, 4, false);
  sink.moveTo(1, 1);
  for (const [x, y] of [[2, 1], [3, 1], [9, 1], [10, 2], [11, 3]]) sink.lineTo(x, y);
  sink.moveTo(50, 50);
  sink.bezierCurveTo(50, 51, 51, 51, 49, 50);
  sink.end();
  assert.equal(seen.calls.join(" "), "M1,1 L9,1 L11,3 M50,50 L49,50");
});

test("shapes that share a border share it from far off too, whichever way it runs", () => {
  const border = [[1, 1], [3, 2], [6, 2], [7, 9], [13, 9], [14, 10]];
  /** @param {number[][]} points */
  const thinned = (points) => {
    const seen = recorder();
    const sink = new Thinned(seen, 4, true);
    sink.moveTo(points[0][0], points[0][1]);
    for (const [x, y] of points.slice(1)) sink.lineTo(x, y);
    sink.end();
    return seen.calls.map((call) => call.slice(1));
  };
  const there = thinned(border);
  assert.deepEqual(there, thinned(border.toReversed()).toReversed());
  assert.deepEqual(there, ["2,2", "6,2", "6,10", "14,10"]);
});

test("a shape smaller than a cell is still a dot", () => {
  const seen = recorder();
  const sink = new Thinned(seen, 4, true);
  sink.moveTo(1, 1);
  sink.lineTo(2, 2);
  sink.end();
  assert.equal(seen.calls.join(" "), "M2,2 L2,2");
});
