// @ts-check
/**
 * Layers of marks as commands for a canvas.
 *
 * @import { MarkLayer } from "./wire.js"
 * @import { StampedShape } from "./stamps.js"
 * @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void,
 *   arc(x: number, y: number, radius: number, start: number, end: number): void}} MarkSink
 * @typedef {{scale: number, x: number, y: number, width: number, height: number}} Place
 *   canvas = picture × scale + (x, y) in pixels of a canvas of this size
 */

const ANGLE_UNIT = Math.PI / 180 / 64;
const TURN = 2 * Math.PI;

/** The largest radius in pixels of the picture. @param {MarkLayer} layer */
export function largestRadius({ radii, radiusGrid }) {
  let largest = 0;
  for (let i = 0; i < radii.length; i += 1) if (radii[i] > largest) largest = radii[i];
  return largest / radiusGrid;
}

/**
 * How many different angles there are among marks that look different when turned, as far as one cares to count.
 * @param {MarkLayer} layer @param {StampedShape[]} shapes @param {number} most
 */
export function distinctAngles(layer, shapes, most) {
  const found = new Set();
  for (let mark = 0; mark < layer.angles.length && found.size < most; mark += 1) {
    if (shapes[layer.shapes[mark]].outline) found.add(layer.angles[mark]);
  }
  return found.size;
}

/**
 * Marks in pixels of the canvas; those that it does not show are left out.
 * @param {MarkSink} sink @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Place} place
 * @param {number} margin how far lines reach beyond their marks, in pixels of the canvas
 * @param {number} from @param {number} to
 */
export function traceMarks(sink, layer, shapes, place, margin, from, to) {
  const unit = place.scale / layer.grid;
  const radiusUnit = place.scale / layer.radiusGrid;
  for (let mark = from; mark < to; mark += 1) {
    const x = layer.centers[2 * mark] * unit + place.x;
    const y = layer.centers[2 * mark + 1] * unit + place.y;
    const radius = layer.radii[mark] * radiusUnit;
    const reach = radius + margin;
    if (x + reach < 0 || y + reach < 0 || x - reach > place.width || y - reach > place.height) continue;
    const { outline } = shapes[layer.shapes[mark]];
    if (!outline) {
      sink.moveTo(x + radius, y);
      sink.arc(x, y, radius, 0, TURN);
      continue;
    }
    const angle = layer.angles[mark] * ANGLE_UNIT;
    const right = Math.cos(angle) * radius;
    const down = Math.sin(angle) * radius;
    const startX = x + outline[0] * right - outline[1] * down;
    const startY = y + outline[0] * down + outline[1] * right;
    sink.moveTo(startX, startY);
    for (let i = 2; i < outline.length; i += 2) {
      sink.lineTo(x + outline[i] * right - outline[i + 1] * down, y + outline[i] * down + outline[i + 1] * right);
    }
    sink.lineTo(startX, startY); // not closePath: see tracePaths
  }
}
