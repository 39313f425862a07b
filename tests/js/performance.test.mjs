// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection } from "../../vec2art_nb/ui/performance_modules/connection.js";
import { FRAME_MS, barsOf, paintFrames, topOf } from "../../vec2art_nb/ui/performance_modules/frames_chart.js";
import { decadeText, decadesOf, paintPredictions } from "../../vec2art_nb/ui/performance_modules/predictions_chart.js";
import { mechanism } from "../../vec2art_nb/ui/performance_modules/report.js";
import { niceTop, paintSeries } from "../../vec2art_nb/ui/performance_modules/series_chart.js";
import { Hues, longestOf, paintTimeline, rowText, spanOf } from "../../vec2art_nb/ui/performance_modules/timeline_chart.js";
import { AGAIN_MS, Watch } from "../../vec2art_nb/ui/performance_modules/watch.js";
import { bytesText, countText, shareText, stageText, timeText } from "../../vec2art_nb/ui/performance_modules/words.js";

/**
 * @import { Command } from "../../vec2art_nb/ui/performance_modules/connection.js"
 * @import { Frames, Report, Timeline } from "../../vec2art_nb/ui/performance_modules/report.js"
 */

// --- words ----------------------------------------------------------------------------------------------------------

test("numbers are as short as they are sure", () => {
  assert.deepEqual([null, 0, 0.004, 0.25, 3.456, 12.34, 123.4, 4567].map(timeText), ["–", "0 ms", "4 µs", "0.25 ms", "3.46 ms", "12.3 ms", "123 ms", "4.57 s"]);
  assert.deepEqual([null, 0, 999, 1500, 2_340_000, 5e9].map(bytesText), ["–", "0 B", "999 B", "1.50 kB", "2.34 MB", "5 GB"]);
  assert.equal(countText(1, "frame"), "1 frame");
  assert.equal(countText(1234, "launch", "launches"), "1,234 launches");
  assert.equal(stageText("edge_scale_map"), "edge scale map");
});

test("all is only all, and nothing nothing", () => {
  assert.deepEqual([null, 0, 0.001, 0.5, 0.999, 1].map(shareText), ["–", "0 %", "<1 %", "50 %", ">99 %", "100 %"]);
});

// --- frames ---------------------------------------------------------------------------------------------------------

/** @param {number[]} ms @returns {Frames} */
function framesOf(ms) {
  return {
    frame: ms.map((_, i) => i), ms, wait_ms: ms.map(() => 1), purpose: ms.map(() => "live"), outcome: ms.map(() => "drawn"),
  };
}

test("one slow frame does not hide the others", () => {
  const times = [...Array(50).fill(5), 900];
  assert.equal(topOf(times), 2 * FRAME_MS);
  assert.equal(topOf(Array(50).fill(100)), 100);
  const { bars, top } = barsOf(framesOf(times), 1000);
  assert.deepEqual(bars.map(({ isCut }) => isCut), times.map((time) => time > 100));
  assert.ok(bars.every(({ wait, ms }) => wait + ms <= top + 1e-9));
});

test("the newest frames stand at the right, as many as there is room for", () => {
  const { bars } = barsOf(framesOf(Array.from({ length: 300 }, (_, i) => i / 20)), 234);
  assert.equal(bars.length, 40);
  assert.equal(bars[39].x + bars[39].width + 1, 234);
  assert.equal(bars[39].ms, 299 / 20);
  assert.ok(bars[0].x >= 34);
  assert.deepEqual(barsOf(framesOf([]), 300).bars, []);
});

// --- timeline -------------------------------------------------------------------------------------------------------

/** @param {number} ms @param {string} outcome @returns {Timeline} */
function rowOf(ms, outcome = "drawn") {
  return { frame: 1, purpose: "live", outcome, ms, run: 2, hit: 3, parts: [{ stage: "edges", outcome: "run", start: 1, ms: ms / 2 }] };
}

test("the rows are as long as most frames took", () => {
  assert.ok(spanOf([5, 6, 7, 5000].map((ms) => rowOf(ms))) < 26);
  assert.ok(spanOf([rowOf(30)]) >= 30);
  assert.ok(spanOf([]) > 0);
});

test("a row says what the colours do not", () => {
  assert.equal(rowText(rowOf(7), false), "7 ms · 2 run · 3 hit");
  assert.equal(rowText(rowOf(7, "cancelled"), false), "7 ms · 2 run · 3 hit, cancelled");
  assert.equal(rowText(rowOf(7), true), "7 ms");
});

test("a stage keeps its colour while others come and go", () => {
  const hues = new Hues(2);
  hues.learn(["edges", "curves"]);
  hues.learn(["pens", "curves"]);
  assert.deepEqual(["edges", "curves", "pens"].map((stage) => hues.of(stage)), ["other", "hue-2", "hue-1"]);
  hues.learn(["curves", "pens", "edges"]);
  assert.deepEqual(["edges", "curves", "pens"].map((stage) => hues.of(stage)), ["other", "hue-2", "hue-1"]);
  assert.deepEqual(longestOf([rowOf(2), { ...rowOf(1), parts: [{ stage: "pens", outcome: "run", start: 0, ms: 9 }] }]), ["pens", "edges"]);
});

// --- scales ---------------------------------------------------------------------------------------------------------

test("scales end at round numbers", () => {
  assert.deepEqual([0, 1, 1.2, 17, 39_500, 81].map(niceTop), [1, 1, 1.5, 20, 40_000, 100]);
  assert.deepEqual(decadesOf({ expected_ms: [0.4], ms: [35] }), [-1, 2]);
  assert.deepEqual(decadesOf({ expected_ms: [], ms: [] }), [-1, 1]);
  assert.deepEqual(decadesOf({ expected_ms: [2], ms: [2] }), [0, 2]);
  assert.deepEqual([-3, -2, -1, 0, 2, 3].map(decadeText), ["1 µs", "10 µs", "0.1 ms", "1 ms", "100 ms", "1 s"]);
});

// --- painting: nothing falls out of the paper, and no number is lost on the way ---------------------------------------

/** A canvas that writes down its rectangles. @param {number} width @param {number} height */
function paperOf(width, height) {
  /** @type {{x: number, y: number, width: number, height: number, color: string}[]} */
  const boxes = [];
  const calls = new Proxy({}, {
    get: (target, name) => name === "fillRect"
      ? (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h) => {
        boxes.push({ x, y, width: w, height: h, color: Reflect.get(target, "fillStyle") });
      }
      : Reflect.get(target, name) ?? (() => {}),
  });
  const context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (calls));
  return { boxes, paper: { context, width, height, color: (/** @type {string} */ name) => name } };
}

for (const width of [250, 900]) {
  test(`charts stay on their paper, ${width} px wide`, () => {
    const times = Array.from({ length: 160 }, (_, i) => (i * 37) % 80);
    for (const painter of [
      paintFrames(framesOf(times)),
      paintTimeline([5, 20, 900, 3].map((ms) => rowOf(ms)), new Hues(8)),
      paintSeries({ front: times, behind: times.map((time) => time * 2), color: "live", text: timeText }),
      paintSeries({ front: [], color: "live", text: timeText }),
      paintPredictions({ expected_ms: [1, 2], ms: [2, 900] }),
    ]) {
      const { boxes, paper } = paperOf(width, 144);
      painter(paper);
      for (const { x, y, width: wide, height: tall } of boxes) {
        assert.ok([x, y, wide, tall].every(Number.isFinite));
        assert.ok(x >= 0 && x + wide <= width + 1e-6 && y >= 0 && y + tall <= 144 + 1e-6, JSON.stringify({ x, y, wide, tall }));
      }
    }
  });
}

test("bars are as high as their numbers", () => {
  const { boxes, paper } = paperOf(500, 101);
  paintSeries({ front: [10, 20, 40], color: "live", text: timeText })(paper);
  const heights = boxes.filter(({ color }) => color === "live").map(({ height }) => height);
  assert.deepEqual(heights.map((height) => Math.round((height / heights[2]) * 40)), [10, 20, 40]);
});

// --- who looks ------------------------------------------------------------------------------------------------------

test("the kernel is told when the panel comes on the screen, again while it is there, and when it goes", () => {
  /** @type {boolean[]} */
  const told = [];
  let again = () => {};
  let isRunning = false;
  const watch = new Watch((shown) => told.push(shown), (act, ms) => {
    assert.equal(ms, AGAIN_MS);
    again = act;
    isRunning = true;
    return () => { isRunning = false; };
  });
  watch.page(true);
  assert.deepEqual(told, []);
  watch.place(true);
  watch.place(true);
  again();
  assert.deepEqual(told, [true, true]);
  watch.page(false);
  assert.deepEqual([told, isRunning], [[true, true, false], false]);
  watch.place(false);
  watch.page(true);
  assert.equal(told.length, 3);
  watch.place(true);
  assert.deepEqual([told.at(-1), isRunning], [true, true]);
});

test("every view speaks for itself, and all hear the report", () => {
  /** @type {Command[]} */
  const sent = [];
  /** @type {(report: Report) => void} */
  let give = () => {};
  const connection = new Connection({ get: () => false, send: (command) => sent.push(command), on: (_, callback) => { give = callback; } }, "page");
  const [first, second] = [connection.watcher(), connection.watcher()];
  first(true);
  second(true);
  first(false);
  assert.deepEqual(sent.map(({ view, shown }) => [view, shown]), [["page-1", true], ["page-2", true], ["page-1", false]]);
  /** @type {Report} */
  const report = {
    type: "report", mechanisms: {}, charts: {
      frames: framesOf([]), timeline: [], stages: [], pool: { leased_bytes: [], idle_bytes: [] }, threads: [], batches: [],
      wire: { bytes: [], plain_bytes: [], round_trip_ms: [], painting_ms: [] }, predictions: { expected_ms: [], ms: [] },
    },
  };
  let heard = 0;
  connection.views.add({ show: () => { heard += 1; } });
  give(report);
  assert.deepEqual([heard, connection.report, mechanism(report, "frames").total], [1, report, 0]);
});
