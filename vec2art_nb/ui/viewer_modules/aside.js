// @ts-check
/**
 * Canvases aside: what can't be had from one call of the canvas is painted there opaque, and laid on from there.
 *
 * @import { Box } from "./sinks.js"
 * @import { Place } from "./marks.js"
 * @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context
 */

const LARGE = 1024; // pixels: above it there is one canvas aside, that grows

/** The whole pixels of the canvas that a box reaches. @param {Box} box @param {number} unit @param {number} margin @param {Place} place @returns {Box} */
export function onCanvas(box, unit, margin, place) {
  return {
    left: Math.max(0, Math.floor(box.left * unit + place.x - margin - 1)),
    top: Math.max(0, Math.floor(box.top * unit + place.y - margin - 1)),
    right: Math.min(place.width, Math.ceil(box.right * unit + place.x + margin + 1)),
    bottom: Math.min(place.height, Math.ceil(box.bottom * unit + place.y + margin + 1)),
  };
}

/** @param {Context} context @param {Box} box @param {number} opacity @param {(on: Context, left: number, top: number, opacity: number) => void} lay */
export function paintAside(context, { left, top, right, bottom }, opacity, lay) {
  const width = right - left;
  const height = bottom - top;
  if (width <= 0 || height <= 0) return;
  const { canvas, context: aside } = asideOf(width, height);
  aside.setTransform(1, 0, 0, 1, 0, 0);
  aside.clearRect(0, 0, width, height);
  aside.lineCap = "round";
  aside.lineJoin = "round";
  lay(aside, left, top, 1);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = opacity;
  context.drawImage(canvas, 0, 0, width, height, left, top, width, height);
}

/** @type {Map<number, {canvas: OffscreenCanvas, context: OffscreenCanvasRenderingContext2D}>} */
const asides = new Map();

/**
 * A canvas of at least this size. There is a small one for small shapes, because each time one is laid on, the browser
 * copies the whole canvas.
 * @param {number} width @param {number} height
 */
export function asideOf(width, height) {
  const side = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(width, height))));
  const key = Math.min(side, LARGE);
  let found = asides.get(key);
  if (!found) {
    const canvas = new OffscreenCanvas(key, key);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("the browser gives no canvas");
    found = { canvas, context };
    asides.set(key, found);
  }
  const { canvas } = found;
  if (canvas.width < width) canvas.width = width;
  if (canvas.height < height) canvas.height = height;
  return found;
}
