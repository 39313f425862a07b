// @ts-check
/**
 * The cards of the panel: what each shows of a report.
 *
 * @import { Report } from "./report.js"
 * @typedef {{root: HTMLElement, show: (report: Report) => void}} Card
 */

import { Bars, write } from "./bars.js";
import { element } from "./element.js";
import { paintFrames } from "./frames_chart.js";
import { paintPredictions } from "./predictions_chart.js";
import { mechanism } from "./report.js";
import { paintSeries } from "./series_chart.js";
import { Sheet } from "./sheet.js";
import { Hues, longestOf, paintTimeline, rowText, ROW } from "./timeline_chart.js";
import { bytesText, countText, shareText, stageText, timeText } from "./words.js";

const HUES = 8;

/** A titled box with its most important numbers in words. @param {string} title @param {boolean} isWide @param {...(Node)} children */
function box(title, isWide, ...children) {
  const words = element("p", { class: "v2a-figures" });
  const heading = element("h3", {}, title);
  const root = element("section", { class: isWide ? "v2a-card v2a-wide" : "v2a-card", "aria-label": title }, heading, words, ...children);
  const say = (/** @type {string} */ text) => {
    write(words, text || "nothing yet");
    root.classList.toggle("v2a-nothing", !text);
  };
  return { root, say };
}

/** @param {Record<string, string>} names of colours, and what they stand for */
function legend(names) {
  const keys = Object.entries(names).map(([color, name]) => {
    const key = element("span", {}, name);
    key.style.setProperty("--v2a-key", `var(--v2a-${color})`);
    return key;
  });
  return element("div", { class: "v2a-legend" }, ...keys);
}

/** @param {AbortSignal} signal @returns {Card} */
function framesCard(signal) {
  const sheet = new Sheet(104, signal);
  const keys = legend({ live: "live", exact: "exact", wait: "waited before", gone: "cancelled" });
  const { root, say } = box("Frame times", true, sheet.canvas, keys);
  return {
    root,
    show(report) {
      const { total, hit_ratio, ms_median, ms_p95 } = mechanism(report, "frames");
      const text = `median ${timeText(ms_median)} · 95 % below ${timeText(ms_p95)} · ${shareText(hit_ratio)} within 16.7 ms · ${countText(total, "frame")}`;
      say(total ? text : "");
      sheet.show(`Time of the last frames: ${text}`, paintFrames(report.charts.frames));
    },
  };
}

/** @param {AbortSignal} signal @returns {Card} */
function timelineCard(signal) {
  const sheet = new Sheet(8 * ROW, signal);
  const keys = element("div", { class: "v2a-legend" });
  const hues = new Hues(HUES);
  let known = "";
  const { root, say } = box("Stages of the last frames", true, sheet.canvas, keys);
  return {
    root,
    show({ mechanisms, charts }) {
      hues.learn(longestOf(charts.timeline));
      const names = [...hues.known].sort((a, b) => a[1] - b[1]).map(([stage]) => [hues.of(stage), stageText(stage)]);
      const words = names.join();
      if (words !== known) keys.replaceChildren(...legend(Object.fromEntries([...names, ["other", "others"]])).childNodes);
      known = words;
      const looked = mechanisms.invalidation;
      say(looked?.total ? `${shareText(looked.hit_ratio)} of ${countText(looked.total, "stage")} looked at did not run` : "");
      const spoken = charts.timeline.map((row) => `${row.purpose}: ${rowText(row, false)}`).join("; ");
      sheet.show(`Stages of the last frames: ${spoken}`, paintTimeline(charts.timeline, hues));
    },
  };
}

/** @returns {Card} */
function cacheCard() {
  const bars = new Bars();
  const { root, say } = box("Cache by stage", false, bars.root);
  return {
    root,
    show(report) {
      const memory = mechanism(report, "stage cache");
      const disk = mechanism(report, "disk cache");
      const parts = [];
      if (memory.total) parts.push(`${shareText(memory.hit_ratio)} hits · ${bytesText(memory.bytes)} · ${timeText(memory.saved_ms)} saved`);
      if (disk.total) parts.push(`disk ${shareText(disk.hit_ratio)} · ${bytesText(disk.bytes)}`);
      const { stages } = report.charts;
      say(parts.join(" · ") || (stages.length ? "found instead of run; bytes of a result" : ""));
      bars.show(stages.map(({ stage, run, hit, bytes }) => ({
        name: stageText(stage),
        share: hit / (run + hit),
        text: `${shareText(hit / (run + hit))} · ${bytesText(bytes)}`,
        title: `${stageText(stage)}: ran ${run} times, found ${hit} times`,
        color: "exact",
      })));
    },
  };
}

/** @param {AbortSignal} signal @returns {Card} */
function buffersCard(signal) {
  const sheet = new Sheet(76, signal);
  const { root, say } = box("Buffers", false, sheet.canvas, legend({ live: "in use", ghost: "for the next" }));
  return {
    root,
    show(report) {
      const { total, hit_ratio, bytes } = mechanism(report, "buffers");
      const text = `${shareText(hit_ratio)} of ${countText(total, "lease")} reused · ${bytesText(bytes)} held`;
      say(total ? text : "");
      const { leased_bytes: front, idle_bytes } = report.charts.pool;
      const behind = front.map((leased, i) => leased + idle_bytes[i]);
      sheet.show(`Buffers: ${text}`, paintSeries({ front, behind, color: "live", text: bytesText }));
    },
  };
}

/** @returns {Card} */
function threadsCard() {
  const bars = new Bars();
  const { root, say } = box("Threads", false, bars.root);
  return {
    root,
    show(report) {
      const { total, hit_ratio, saved_ms } = mechanism(report, "threads");
      say(total ? `${shareText(hit_ratio)} busy in ${countText(total, "parallel launch", "parallel launches")} · ${timeText(saved_ms)} saved` : "");
      bars.show(report.charts.threads.map(({ thread, busy, launches }) => ({
        name: `thread ${thread}`, share: busy, text: shareText(busy), title: countText(launches, "launch", "launches"),
      })));
    },
  };
}

/** @returns {Card} */
function validationCard() {
  const bars = new Bars();
  const { root, say } = box("Validation and edits", false, bars.root);
  return {
    root,
    show(report) {
      const edits = mechanism(report, "edits");
      const rows = ["validation", "advice"].map((name) => ({ name, ...mechanism(report, name) })).filter(({ total }) => total);
      const words = rows.length || edits.total ? [`${timeText(rows.reduce((sum, { saved_ms }) => sum + (saved_ms ?? 0), 0))} saved`] : [];
      if (edits.total) words.unshift(`an edit takes ${timeText(edits.ms_median)}, 95 % below ${timeText(edits.ms_p95)}`);
      say(words.join(" · "));
      bars.show(rows.map(({ name, hit_ratio, total }) => ({
        name: name === "advice" ? name : "values", share: hit_ratio, text: `${shareText(hit_ratio)} of ${total.toLocaleString("en")}`,
      })));
    },
  };
}

/** @param {AbortSignal} signal @returns {Card} */
function wireCard(signal) {
  const [sizes, trips] = [new Sheet(58, signal), new Sheet(52, signal)];
  const keys = legend({ live: "sent", ghost: "left out", exact: "round trip" });
  const { root, say } = box("On the wire", false, sizes.canvas, trips.canvas, keys);
  return {
    root,
    show(report) {
      const { total, bytes, saved_bytes, ms_median } = mechanism(report, "transfers");
      const spared = saved_bytes !== null && bytes !== null && bytes + saved_bytes > 0 ? saved_bytes / (bytes + saved_bytes) : null;
      const text = `${bytesText(bytes)} in ${countText(total, "frame")} · ${shareText(spared)} left out · round trip ${timeText(ms_median)}`;
      say(total ? text : "");
      const { wire } = report.charts;
      sizes.show(`Bytes of the last frames: ${text}`, paintSeries({ front: wire.bytes, behind: wire.plain_bytes, color: "live", text: bytesText }));
      trips.show(`Round trips of the last frames, median ${timeText(ms_median)}`, paintSeries({ front: wire.round_trip_ms, isLine: true, color: "exact", text: timeText }));
    },
  };
}

/** @returns {Card} */
function foresightCard() {
  const bars = new Bars();
  const { root, say } = box("Drawn ahead", false, bars.root);
  return {
    root,
    show(report) {
      const [ahead, coarse] = [mechanism(report, "prerender"), mechanism(report, "adaptive")];
      say(ahead.total ? `${countText(ahead.hits ?? 0, "frame")} of ${ahead.total.toLocaleString("en")} had been drawn ahead` : "");
      bars.show(!ahead.total ? [] : [
        { name: "drawn ahead", share: ahead.hit_ratio, text: shareText(ahead.hit_ratio), color: "exact" },
        { name: "previews", share: coarse.hit_ratio, text: shareText(coarse.hit_ratio), title: "of the frames while a hand moved" },
      ]);
    },
  };
}

/** @returns {Card} */
function batchesCard() {
  const bars = new Bars();
  const { root, say } = box("Edits per frame", false, bars.root);
  return {
    root,
    show(report) {
      const { total, ms_median } = mechanism(report, "batches");
      const counts = report.charts.batches;
      const frames = counts.reduce((sum, count) => sum + count, 0);
      say(total ? `${countText(total, "edit")} in ${countText(frames, "frame")} · waited ${timeText(ms_median)}` : "");
      bars.show(!frames ? [] : counts.map((count, i) => ({
        name: i + 1 < counts.length ? countText(i + 1, "edit") : `${i + 1} or more`, share: count / frames, text: count.toLocaleString("en"),
      })));
    },
  };
}

/** @param {AbortSignal} signal @returns {Card} */
function predictionsCard(signal) {
  const sheet = new Sheet(132, signal);
  const note = element("p", { class: "v2a-note-small" }, "across: expected, up: taken, by powers of ten; the band is ±20 %");
  const { root, say } = box("Predicted stage times", false, sheet.canvas, note);
  return {
    root,
    show(report) {
      const { total, hit_ratio } = mechanism(report, "cost model");
      const text = `${shareText(hit_ratio)} of ${countText(total, "prediction")} within 20 %`;
      say(total ? text : "");
      sheet.show(`Predicted stage times: ${text}`, paintPredictions(report.charts.predictions));
    },
  };
}

/** @param {AbortSignal} signal @returns {Card[]} */
export function allCards(signal) {
  return [
    framesCard(signal), timelineCard(signal), cacheCard(), wireCard(signal), buffersCard(signal), predictionsCard(signal),
    batchesCard(), foresightCard(), validationCard(), threadsCard(),
  ];
}
