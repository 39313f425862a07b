// @ts-check
/**
 * Stamps: one shape at one size, angle and place between the pixels, as how much of each pixel it covers.
 *
 * @import { Polygon } from "./wire.js"
 * @typedef {{left: number, top: number, width: number, height: number, cover: Uint8Array}} Stamp
 *   where it stands against the pixel of its centre; cover 0 … 255, row by row
 */

const PHASES = 8; // places between two pixels: none is off by more than 1/16 pixel
const RADIUS_STEPS = 128; // to a pixel, where they are finest
const LARGEST = 1 << 16; // of the numbers of steps, more than any stamp needs
const ANGLES = 360 * 64;
const ANGLE_UNIT = (2 * Math.PI) / ANGLES;
const MOST = 30_000; // stamps of one shape that are kept, a few megabytes

/** A shape that knows its outline, and keeps the stamps that were made of it. */
export class StampedShape {
  /** @param {Float64Array | null} outline x and y by turns, the farthest corner at distance 1; null is a circle */
  constructor(outline) {
    this.outline = outline;
    /** @type {Map<number, Stamp>} */
    this.stamps = new Map();
  }

  /**
   * @param {number} radius in pixels @param {number} angle in 1/64 of a degree
   * @param {number} x of the centre within its pixel, 0 … 1 @param {number} y
   * @returns {Stamp}
   */
  stamp(radius, angle, x, y) {
    // The smaller a mark, the more a step changes its area, and so the tone of many of them.
    const step = radius < 1 ? 1 : radius < 4 ? 4 : 8;
    const size = step * Math.round((radius * RADIUS_STEPS) / step);
    const turn = this.outline ? ((angle % ANGLES) + ANGLES) % ANGLES : 0;
    const right = Math.floor(x * PHASES);
    const down = Math.floor(y * PHASES);
    const key = ((turn * LARGEST + size) * PHASES + down) * PHASES + right;
    let found = this.stamps.get(key);
    if (!found) {
      if (this.stamps.size >= MOST) this.stamps.clear();
      const middle = 0.5 / PHASES;
      found = made(this.outline, size / RADIUS_STEPS, turn * ANGLE_UNIT, right / PHASES + middle, down / PHASES + middle);
      this.stamps.set(key, found);
    }
    return found;
  }
}

/** @type {Map<string, StampedShape>} */
const known = new Map();

/**
 * The shape of a polygon; the same one each time, so that its stamps serve the next frame too.
 * All run clockwise as seen, as circles do: marks of one style are one shape under the nonzero rule, and where two
 * overlap that run against each other, it would leave a hole.
 * @param {Polygon} polygon @returns {StampedShape}
 */
export function shapeOf(polygon) {
  const key = JSON.stringify(polygon);
  let found = known.get(key);
  if (!found) {
    found = new StampedShape(polygon && clockwise(polygon));
    known.set(key, found);
  }
  return found;
}

/** @param {[number, number][]} polygon */
function clockwise(polygon) {
  const area = polygon.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length];
    return sum + x * nextY - y * nextX;
  }, 0);
  return new Float64Array((area < 0 ? [...polygon].reverse() : polygon).flat());
}

/** @param {Float64Array | null} outline @param {number} radius @param {number} angle @param {number} x @param {number} y @returns {Stamp} */
function made(outline, radius, angle, x, y) {
  const left = Math.floor(x - radius);
  const top = Math.floor(y - radius);
  const width = Math.ceil(x + radius) - left;
  const height = Math.ceil(y + radius) - top;
  const covered = new Float64Array(width * height);
  const lines = radius < 2 ? 16 : 8; // across each pixel; along a line, cover is exact
  if (outline) addPolygon(covered, width, lines, placed(outline, radius, angle, x - left, y - top));
  else addCircle(covered, width, lines, radius, x - left, y - top);
  return { left, top, width, height, cover: Uint8Array.from(covered, (sum) => Math.round((sum * 255) / lines)) };
}

/** @param {Float64Array} covered @param {number} width @param {number} lines @param {number} radius @param {number} x @param {number} y */
function addCircle(covered, width, lines, radius, x, y) {
  for (let line = Math.floor((y - radius) * lines); line < (y + radius) * lines; line += 1) {
    const away = (line + 0.5) / lines - y;
    const square = radius * radius - away * away;
    if (square <= 0) continue;
    const half = Math.sqrt(square);
    addSpan(covered, Math.floor(line / lines) * width, x - half, x + half);
  }
}

/** @param {Float64Array} covered @param {number} width @param {number} lines @param {Float64Array} corners */
function addPolygon(covered, width, lines, corners) {
  const last = (covered.length / width) * lines;
  /** @type {number[]} */
  const crossings = [];
  for (let line = 0; line < last; line += 1) {
    const height = (line + 0.5) / lines;
    crossings.length = 0;
    for (let i = 0, before = corners.length - 2; i < corners.length; before = i, i += 2) {
      const fromY = corners[before + 1];
      const toY = corners[i + 1];
      if (fromY <= height === toY <= height) continue;
      crossings.push(corners[before] + ((height - fromY) / (toY - fromY)) * (corners[i] - corners[before]));
    }
    if (crossings.length > 2) crossings.sort((a, b) => a - b);
    // An outline does not cross itself, so what lies between each two crossings is inside.
    for (let i = 0; i < crossings.length; i += 2) {
      const [one, other] = [crossings[i], crossings[i + 1]];
      addSpan(covered, Math.floor(line / lines) * width, Math.min(one, other), Math.max(one, other));
    }
  }
}

/** @param {Float64Array} outline @param {number} radius @param {number} angle @param {number} x @param {number} y */
function placed(outline, radius, angle, x, y) {
  const right = Math.cos(angle) * radius;
  const down = Math.sin(angle) * radius;
  const corners = new Float64Array(outline.length);
  for (let i = 0; i < outline.length; i += 2) {
    corners[i] = x + outline[i] * right - outline[i + 1] * down;
    corners[i + 1] = y + outline[i] * down + outline[i + 1] * right;
  }
  return corners;
}

/** @param {Float64Array} covered @param {number} row where it begins @param {number} from @param {number} to */
function addSpan(covered, row, from, to) {
  const first = Math.floor(from);
  const last = Math.floor(to);
  if (first === last) {
    covered[row + first] += to - from;
    return;
  }
  covered[row + first] += first + 1 - from;
  for (let column = first + 1; column < last; column += 1) covered[row + column] += 1;
  if (to > last) covered[row + last] += to - last;
}
