// @ts-check
/**
 * What the viewer says: numbers as people write them, and the status line.
 *
 * @import { Counts } from "./wire.js"
 * @typedef {{number: number, generation: number, scale: number, exact: boolean, milliseconds: number,
 *   stages: [string, string, number][], bytes: number, digest: string, notes: string[]}} FrameFacts
 *   scale: of the picture that it was made from; stages: name, outcome, milliseconds; bytes: that came for it
 * @typedef {FrameFacts & Counts} Shown
 * @typedef {"settled" | "working" | "busy" | "failed" | "gone"} State busy: with something else than drawings
 */

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} milliseconds */
export function formatTime(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

// Kept: toLocaleString makes one each time, a millisecond for each frame.
const numbers = new Intl.NumberFormat("en-US");

/** @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${numbers.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** What a drawing consists of; paths are not spoken of where there are only marks. @param {Counts} counts @returns {string[]} */
export function contents({ paths, points, marks }) {
  const drawn = paths > 0 || marks === 0 ? [counted(paths, "path"), counted(points, "point")] : [];
  return marks > 0 ? [...drawn, counted(marks, "mark")] : drawn;
}

/**
 * What is on the screen, never what is hoped for.
 * @param {Shown | null} shown @param {State} state
 */
export function statusText(shown, state) {
  if (state === "gone") return "no kernel";
  if (!shown) return state === "failed" ? "no drawing" : "drawing…";
  const facts = contents(shown);
  if (state === "working") return ["working…", ...facts].join(" · ");
  if (state === "busy") return ["the kernel is busy…", ...facts].join(" · ");
  if (state === "failed") {
    return [`failed; this is ${shown.exact ? "the drawing before" : "a preview"}`, ...facts].join(" · ");
  }
  const made = shown.exact ? "exact" : `preview ${Math.round(100 * shown.scale)} %`;
  const frame = `${formatBytes(shown.bytes)} frame`;
  return [made, ...facts, frame, formatTime(shown.milliseconds)].join(" · ");
}
