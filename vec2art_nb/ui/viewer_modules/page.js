// @ts-check
/**
 * The page under the drawing: where it lies in a pane, what shows through it, and how far what is on it differs.
 *
 * @import { Size, Transform } from "./motion.js"
 */

const SIDE = 64; // pixels of a small copy, of which the mean is taken

/** @param {{transform: Transform, picture: Size, ratio: number}} sight @returns {[number, number, number, number]} x, y, width, height in pixels of the pane */
export function pageOf({ transform: { scale, x, y }, picture, ratio }) {
  return [x * ratio, y * ratio, picture.width * scale * ratio, picture.height * scale * ratio];
}

/** What of the page is to be seen in a pane. @param {[number, number, number, number]} page @param {Size} pane */
export function onPane([x, y, width, height], pane) {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return { left, top, width: Math.min(pane.width, x + width) - left, height: Math.min(pane.height, y + height) - top };
}

/** @type {CanvasPattern | null} */
let checks = null;

/** What shows through a transparent page. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} width @param {number} height */
export function paintChecks(context, x, y, width, height) {
  checks ??= checked(context);
  context.fillStyle = checks ?? "#ffffff";
  context.fillRect(x, y, width, height);
}

/** @param {CanvasRenderingContext2D} context */
function checked(context) {
  const tile = new OffscreenCanvas(16, 16);
  const on = tile.getContext("2d");
  if (!on) return null;
  on.fillStyle = "#ffffff";
  on.fillRect(0, 0, 16, 16);
  on.fillStyle = "#e4e4e8";
  on.fillRect(0, 0, 8, 8);
  on.fillRect(8, 8, 8, 8);
  return context.createPattern(tile, "repeat");
}

/** @type {OffscreenCanvasRenderingContext2D | null} */
let small = null;

/**
 * The mean of all colour values in a part of a canvas, 0 … 1. The browser does the work: it makes the part small.
 * @param {HTMLCanvasElement} canvas @param {{left: number, top: number, width: number, height: number}} part
 */
export function meanOf(canvas, { left, top, width, height }) {
  small ??= new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  if (!small || width <= 0 || height <= 0) return NaN;
  small.imageSmoothingQuality = "high";
  small.drawImage(canvas, left, top, width, height, 0, 0, SIDE, SIDE);
  const { data } = small.getImageData(0, 0, SIDE, SIDE);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2];
  return sum / (255 * 3 * SIDE * SIDE);
}
