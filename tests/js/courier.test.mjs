// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { BUSY_MS, Courier, EAGER_MS, GAP_MS, LONG_PATIENCE_MS, MOST_UNHANDLED, NEWS_MS, PATIENCE_MS } from "../../vec2art_nb/ui/controls_modules/courier.js";

/** @type {[number, number, {number: number, milliseconds: number} | null][]} serial, value, painted */
let sent;
/** @type {{number: number, milliseconds: number}[]} what was painted, told by itself */
let told;
/** @type {boolean[]} whether the kernel is busy, each time that this changed */
let busy;
/** @type {{at: number, act: () => void}[]} */
let timers;
let now = 0;
/** @type {Courier} */
let courier;

beforeEach(() => {
  sent = [];
  told = [];
  busy = [];
  timers = [];
  now = 0;
  const clock = {
    now: () => now,
    after: (/** @type {number} */ milliseconds, /** @type {() => void} */ act) => {
      const timer = { at: now + milliseconds, act };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  courier = new Courier(
    (serial, { value }, painted) => sent.push([serial, Number(value), painted]),
    (news) => told.push(news),
    (isBusy) => busy.push(isBusy),
    clock,
  );
});

/** @param {number} milliseconds */
function pass(milliseconds) {
  const end = now + milliseconds;
  for (;;) {
    const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
    if (!next) break;
    now = Math.max(now, next.at);
    timers = timers.filter((timer) => timer !== next);
    next.act();
  }
  now = end;
}

/** @param {number} value @param {number} [gesture] @param {string} [name] */
function put(value, gesture = 1, name = "count") {
  courier.put({ gesture, backend: "lines", name, value });
}

const values = () => sent.map(([, value]) => value);
const frame = { number: 7, milliseconds: 3 };

test("with nothing under way a value leaves at once", () => {
  put(5);
  assert.deepEqual(sent, [[1, 5, null]]);
  courier.handled(1);
  pass(GAP_MS);
  put(6);
  assert.deepEqual(values(), [5, 6]);
});

test("while one is under way the next waits a little, and then the newest leaves", () => {
  put(5);
  put(6);
  put(7);
  pass(EAGER_MS - 1);
  courier.painted(frame);
  assert.deepEqual(values(), [5]);
  pass(1);
  assert.deepEqual(values(), [5, 7]);
});

test("what has been handled and painted lets the next go at once", () => {
  put(5);
  put(6);
  courier.painted(frame);
  assert.deepEqual(values(), [5]);
  courier.handled(1);
  assert.deepEqual(values(), [5, 6]);
});

test("a kernel that is busy gets a few, and then only the last", () => {
  courier.hear();
  for (let value = 1; value <= 40; value += 1) {
    put(value);
    pass(EAGER_MS);
  }
  assert.deepEqual(values(), [1, 2, 3, 4].slice(0, MOST_UNHANDLED));
  courier.handled(1);
  assert.deepEqual(values(), [1, 2, 3, 4, 40]);
});

test("that the kernel is busy is said after a while, and until all is handled", () => {
  courier.hear();
  put(5);
  pass(BUSY_MS - 1);
  courier.handled(1);
  pass(BUSY_MS);
  assert.deepEqual(busy, []);
  put(6);
  pass(EAGER_MS);
  put(7);
  pass(BUSY_MS - EAGER_MS - 1);
  assert.deepEqual(busy, []);
  pass(1);
  assert.deepEqual(busy, [true]);
  courier.handled(2);
  assert.deepEqual(busy, [true]);
  courier.handled(3);
  assert.deepEqual(busy, [true, false]);
});

test("a message that was lost is waited for, but not for ever", () => {
  courier.hear();
  for (let value = 1; value <= MOST_UNHANDLED + 1; value += 1) {
    put(value);
    pass(EAGER_MS);
  }
  pass(LONG_PATIENCE_MS - 2 * EAGER_MS - 1);
  assert.equal(sent.length, MOST_UNHANDLED);
  pass(1);
  assert.equal(sent.length, MOST_UNHANDLED + 1);
});

test("a value that waits leaves with what was painted, which needs no message of its own", () => {
  put(5);
  put(6);
  courier.handled(1);
  assert.deepEqual(values(), [5]);
  assert.equal(courier.painted(frame), true);
  assert.deepEqual(sent[1], [2, 6, frame]);
});

test("what is painted while no hand moves is not taken along", () => {
  assert.equal(courier.painted(frame), false);
  put(5);
  courier.handled(1);
  pass(NEWS_MS + 1);
  assert.equal(courier.painted(frame), false);
  assert.deepEqual([values(), told], [[5], []]);
});

test("what is painted while a hand moves waits for the next value, but not for long", () => {
  put(5);
  courier.handled(1);
  assert.equal(courier.painted(frame), true);
  pass(NEWS_MS - 1);
  put(6);
  assert.deepEqual([sent[1], told], [[2, 6, frame], []]);
  courier.handled(2);
  pass(1);
  assert.equal(courier.painted({ ...frame, number: 8 }), true);
  assert.equal(courier.painted({ ...frame, number: 9 }), true);
  pass(NEWS_MS);
  assert.deepEqual(told, [{ ...frame, number: 9 }]);
  put(7);
  assert.deepEqual(sent[2], [3, 7, null]);
});

test("what is painted before the value under way is handled goes with the next, or by itself when that takes long", () => {
  put(5);
  put(6);
  assert.equal(courier.painted(frame), true);
  assert.deepEqual(values(), [5]);
  courier.handled(1);
  assert.deepEqual([sent[1], told], [[2, 6, frame], []]);
  put(7);
  assert.equal(courier.painted({ ...frame, number: 8 }), true);
  pass(NEWS_MS);
  assert.deepEqual(told, [{ ...frame, number: 8 }]);
  courier.handled(2);
  assert.deepEqual(sent[2], [3, 7, null]);
});

test("what was painted is told although the value that it waited for is forgotten", () => {
  put(5);
  put(6);
  assert.equal(courier.painted(frame), true);
  courier.forget();
  courier.handled(1);
  pass(NEWS_MS);
  assert.deepEqual([values(), told], [[5], [frame]]);
});

test("after a while a value leaves though nothing was painted", () => {
  put(5);
  courier.handled(1);
  put(6);
  pass(GAP_MS - 1);
  put(7);
  assert.deepEqual(values(), [5]);
  pass(1);
  assert.deepEqual(values(), [5, 7]);
});

test("what was painted before a value left does not let the next one go", () => {
  courier.painted(frame);
  put(5);
  courier.handled(1);
  put(6);
  assert.deepEqual(values(), [5]);
});

test("the last value of each movement leaves, in order", () => {
  put(5, 1);
  put(6, 1);
  put(7, 2);
  put(8, 2);
  put(0.5, 3, "slope");
  for (let serial = 1; serial <= 4; serial += 1) {
    courier.handled(serial);
    pass(GAP_MS);
  }
  assert.deepEqual(values(), [5, 6, 8, 0.5]);
});

test("a front end that tells of nothing is waited for in vain only once, and no kernel called busy", () => {
  for (let value = 1; value <= MOST_UNHANDLED + 1; value += 1) {
    put(value);
    pass(EAGER_MS);
  }
  assert.equal(sent.length, MOST_UNHANDLED);
  pass(PATIENCE_MS);
  assert.equal(sent.length, MOST_UNHANDLED + 1);
  for (const value of [7, 8]) {
    put(value);
    pass(GAP_MS);
  }
  assert.deepEqual(values().slice(-2), [7, 8]);
  assert.deepEqual(busy, []);
});

test("news of an earlier message does not let the next go", () => {
  put(5);
  put(6);
  pass(EAGER_MS);
  put(7);
  courier.painted(frame);
  courier.handled(1);
  assert.deepEqual(values(), [5, 6]);
  courier.handled(2);
  assert.deepEqual(values(), [5, 6, 7]);
});

test("it knows of which parameter something newer is on its way", () => {
  assert.equal(courier.isAhead("count", 0), false);
  put(5);
  put(0.5, 2, "slope");
  assert.equal(courier.isAhead("count", 0), true);
  assert.equal(courier.isAhead("count", 1), false);
  assert.equal(courier.isAhead("slope", 1), true);
});

test("what is forgotten does not leave", () => {
  put(5);
  put(6);
  put(0.5, 2, "slope");
  courier.forget("count");
  courier.handled(1);
  pass(GAP_MS);
  courier.handled(2);
  put(0.6, 2, "slope");
  courier.forget();
  pass(GAP_MS);
  assert.deepEqual(values(), [5, 0.5]);
});
