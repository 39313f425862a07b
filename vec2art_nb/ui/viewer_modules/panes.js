// @ts-check
/**
 * Ways of comparing source and drawing, and how they share the stage. Nothing here knows of the browser.
 *
 * @import { Size } from "./motion.js"
 * @typedef {"none" | "wipe" | "side" | "onion" | "difference"} Way
 * @typedef {{x: number, y: number, width: number, height: number}} Pane in pixels of the canvas
 */

import { fitted } from "./motion.js";

/** What one can choose, in the order in which a key goes through it. @type {[Way, string][]} */
export const WAYS = [
  ["wipe", "Wipe"],
  ["side", "Side by side"],
  ["onion", "Onion skin"],
  ["difference", "Difference"],
];

/**
 * One pane, or two of the same size, beside or above each other: as the picture is larger.
 * @param {Way} way @param {Size} canvas in pixels @param {Size} picture @param {number} gap @returns {Pane[]}
 */
export function panesOf(way, canvas, picture, gap) {
  const { width, height } = canvas;
  if (way !== "side") return [{ x: 0, y: 0, width, height }];
  const beside = { width: Math.max(1, Math.floor((width - gap) / 2)), height };
  const above = { width, height: Math.max(1, Math.floor((height - gap) / 2)) };
  if (fitted(picture, beside).scale >= fitted(picture, above).scale) {
    return [{ x: 0, y: 0, ...beside }, { x: width - beside.width, y: 0, ...beside }];
  }
  return [{ x: 0, y: 0, ...above }, { x: 0, y: height - above.height, ...above }];
}

/** The pane under a point, or the nearest before it. @param {Pane[]} panes @param {number} x @param {number} y @returns {Pane} */
export function paneAt(panes, x, y) {
  return panes.findLast((pane) => pane.x <= x && pane.y <= y) ?? panes[0];
}

/** The next of the ways in turn, after the last none at all. @param {Way} way @param {number} step 1 or -1 @returns {Way} */
export function nextWay(way, step) {
  /** @type {Way[]} */
  const turn = ["none", ...WAYS.map(([name]) => name)];
  return turn[(turn.indexOf(way) + step + turn.length) % turn.length];
}
