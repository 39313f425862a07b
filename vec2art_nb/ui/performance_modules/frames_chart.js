// @ts-check
/**
 * The time of each frame against what a screen gives it: what it waited, and on top what it took.
 *
 * @import { Frames } from "./report.js"
 * @import { Paper } from "./sheet.js"
 * @typedef {{x: number, width: number, wait: number, ms: number, isCut: boolean, purpose: string, outcome: string}} Bar heights in ms
 */

export const FRAME_MS = 1000 / 60;
const STEP = 5;
const LEFT = 34;

/** What the chart reaches up to: a frame that compiled something must not hide the others. @param {number[]} times */
export function topOf(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const most = sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 0;
  return Math.max(2 * FRAME_MS, Math.min(sorted.at(-1) ?? 0, most * 1.25));
}

/** The newest frames that have room, the newest at the right. @param {Frames} frames @param {number} width @returns {{top: number, bars: Bar[]}} */
export function barsOf(frames, width) {
  const count = Math.max(0, Math.min(frames.ms.length, Math.floor((width - LEFT) / STEP)));
  const first = frames.ms.length - count;
  const times = frames.ms.slice(first).map((ms, i) => ms + frames.wait_ms[first + i]);
  const top = topOf(times);
  const bars = times.map((time, i) => {
    const wait = Math.min(frames.wait_ms[first + i], top);
    return {
      x: width - (count - i) * STEP,
      width: STEP - 1,
      wait,
      ms: Math.min(time, top) - wait,
      isCut: time > top,
      purpose: frames.purpose[first + i],
      outcome: frames.outcome[first + i],
    };
  });
  return { top, bars };
}

/** @param {Frames} frames @returns {(paper: Paper) => void} */
export function paintFrames(frames) {
  return ({ context, width, height, color }) => {
    const { top, bars } = barsOf(frames, width);
    const base = height - 1;
    const unit = (base - 8) / top;
    const lineAt = base - FRAME_MS * unit;
    context.fillStyle = color("soft");
    context.textAlign = "right";
    context.fillText("16.7", LEFT - 6, lineAt);
    if (lineAt > 24) context.fillText(String(Math.round(top)), LEFT - 6, 8);
    context.fillText("0 ms", LEFT - 6, base - 5);
    for (const { x, width: wide, wait, ms, isCut, purpose, outcome } of bars) {
      context.fillStyle = color("wait");
      context.fillRect(x, base - wait * unit, wide, wait * unit);
      context.fillStyle = color(outcome === "failed" ? "bad" : outcome === "cancelled" ? "gone" : purpose === "live" ? "live" : "exact");
      const tall = Math.max(1, ms * unit);
      context.fillRect(x, base - wait * unit - tall, wide, tall);
      // It is longer than the chart is high.
      if (isCut) context.clearRect(x, base - (top - top / 16) * unit, wide, 2);
    }
    context.strokeStyle = color("line");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(LEFT, base + 0.5);
    context.lineTo(width, base + 0.5);
    context.stroke();
    context.strokeStyle = color("bad");
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(LEFT, Math.round(lineAt) + 0.5);
    context.lineTo(width, Math.round(lineAt) + 0.5);
    context.stroke();
    context.setLineDash([]);
  };
}
