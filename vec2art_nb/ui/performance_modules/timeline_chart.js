// @ts-check
/**
 * The newest frames, a row each: which stage ran when, how many were found, where one was given up.
 *
 * @import { Timeline } from "./report.js"
 * @import { Paper } from "./sheet.js"
 */

import { FRAME_MS } from "./frames_chart.js";
import { timeText } from "./words.js";

export const ROW = 18;
const LEFT = 54;

/** How many milliseconds the rows are long. @param {Timeline[]} rows */
export function spanOf(rows) {
  const times = rows.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? 0;
  return Math.max(FRAME_MS / 4, Math.min(times.at(-1) ?? 0, Math.max(3 * median, 1.5 * FRAME_MS))) * 1.02;
}

/** @param {Timeline} row @param {boolean} isShort */
export function rowText({ ms, run, hit, outcome }, isShort) {
  const end = outcome === "drawn" ? "" : `, ${outcome}`;
  return isShort ? timeText(ms) : `${timeText(ms)} · ${run} run · ${hit} hit${end}`;
}

/** Colours of stages: each keeps its own while it is to be seen. */
export class Hues {
  /** @param {number} most */
  constructor(most) {
    this.most = most;
    /** @type {Map<string, number>} */
    this.known = new Map();
  }

  /** Give colours to the first of these; those that are gone lose theirs to newcomers. @param {string[]} stages */
  learn(stages) {
    const wanted = stages.slice(0, this.most);
    for (const stage of wanted) {
      if (this.known.has(stage)) continue;
      const gone = this.known.size < this.most ? undefined : [...this.known.keys()].find((known) => !wanted.includes(known));
      const number = gone === undefined ? this.known.size + 1 : this.known.get(gone) ?? 1;
      if (gone !== undefined) this.known.delete(gone);
      this.known.set(stage, number);
    }
  }

  /** The name of a stage's colour. @param {string} stage */
  of(stage) {
    const number = this.known.get(stage);
    return number ? `hue-${number}` : "other";
  }
}

/** The stages that are to be seen in the rows, the longest first. @param {Timeline[]} rows */
export function longestOf(rows) {
  /** @type {Map<string, number>} */
  const times = new Map();
  for (const { stage, ms } of rows.flatMap(({ parts }) => parts)) times.set(stage, (times.get(stage) ?? 0) + ms);
  return [...times.keys()].sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
}

/** @param {Timeline[]} rows @param {Hues} hues @returns {(paper: Paper) => void} */
export function paintTimeline(rows, hues) {
  return ({ context, width, color }) => {
    const isShort = width < 420;
    const right = isShort ? 58 : 178;
    const span = spanOf(rows);
    const room = Math.max(10, width - LEFT - right);
    const unit = room / span;
    if (span > FRAME_MS) {
      context.strokeStyle = color("bad");
      context.setLineDash([4, 3]);
      context.beginPath();
      context.moveTo(Math.round(LEFT + FRAME_MS * unit) + 0.5, 0);
      context.lineTo(Math.round(LEFT + FRAME_MS * unit) + 0.5, rows.length * ROW);
      context.stroke();
      context.setLineDash([]);
    }
    rows.forEach((row, i) => {
      const y = i * ROW;
      const middle = y + ROW / 2;
      context.fillStyle = color("soft");
      context.textAlign = "right";
      context.fillText(row.purpose, LEFT - 8, middle);
      context.textAlign = "left";
      context.fillText(rowText(row, isShort), LEFT + room + 8, middle);
      context.fillStyle = color("track");
      context.fillRect(LEFT, y + 4, Math.min(row.ms, span) * unit, ROW - 8);
      for (const { stage, outcome, start, ms } of row.parts) {
        const from = Math.min(start, span) * unit;
        const wide = Math.min(start + ms, span) * unit - from;
        if (outcome === "cancelled") {
          context.fillStyle = color("bad");
          context.fillRect(LEFT + from - 1, y + 1, 3, ROW - 2);
        } else if (wide > 0) {
          context.fillStyle = color(hues.of(stage));
          // A hairline between neighbours, where there is room for it.
          context.fillRect(LEFT + from, y + 3, Math.max(0.6, wide - (wide > 3 ? 0.75 : 0)), ROW - 6);
        }
      }
      // The row goes on.
      if (row.ms > span) {
        context.fillStyle = color("ink");
        context.textAlign = "right";
        context.fillText("▸", LEFT + room + 4, middle);
      }
    });
  };
}
