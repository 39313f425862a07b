// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { centred, fitted, held, zoomed } from "../../vec2art_nb/ui/viewer_modules/motion.js";

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
