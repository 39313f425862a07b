// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { captionsOf, hintOf } from "../../vec2art_nb/ui/viewer_modules/captions.js";
import { nextWay, paneAt, panesOf } from "../../vec2art_nb/ui/viewer_modules/panes.js";

const WIDE = { width: 300, height: 100 };
const TALL = { width: 100, height: 300 };

test("one pane fills the canvas, two of one size share it as the picture is larger", () => {
  const canvas = { width: 301, height: 201 };
  assert.deepEqual(panesOf("onion", canvas, WIDE, 2), [{ x: 0, y: 0, width: 301, height: 201 }]);
  assert.deepEqual(panesOf("side", canvas, TALL, 2), [{ x: 0, y: 0, width: 149, height: 201 }, { x: 152, y: 0, width: 149, height: 201 }]);
  assert.deepEqual(panesOf("side", canvas, WIDE, 2), [{ x: 0, y: 0, width: 301, height: 99 }, { x: 0, y: 102, width: 301, height: 99 }]);
  assert.deepEqual(panesOf("side", { width: 1, height: 1 }, WIDE, 2).map((pane) => pane.width * pane.height), [1, 1]);
});

test("a point belongs to the pane under it", () => {
  const panes = panesOf("side", { width: 302, height: 200 }, TALL, 2);
  assert.equal(paneAt(panes, 100, 50), panes[0]);
  assert.equal(paneAt(panes, 152, 50), panes[1]);
  assert.equal(paneAt(panes, -5, -5), panes[0]);
});

test("a key goes through the ways and back to none", () => {
  assert.deepEqual([nextWay("none", 1), nextWay("difference", 1), nextWay("none", -1), nextWay("wipe", 1)], ["wipe", "none", "difference", "side"]);
});

test("captions say what is to be seen", () => {
  assert.deepEqual(captionsOf("none", 0.5, NaN), ["", ""]);
  assert.deepEqual(captionsOf("onion", 0.3, NaN), ["source", "drawing 30 %"]);
  assert.deepEqual(captionsOf("difference", 0.3, 0.123), ["", "difference 12 %, black where equal"]);
  assert.deepEqual(captionsOf("difference", 0.3, NaN), ["", "no source to compare with"]);
  assert.deepEqual([hintOf(0), hintOf(9), hintOf(-1)], ["", "", "zoom in to see the points"]);
});
