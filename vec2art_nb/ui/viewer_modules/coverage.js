// @ts-check
/**
 * A canvas of plain numbers for many small marks, and for lines and shapes in a hurry. The browser's own takes 1 to 3 µs
 * for each mark that is a few pixels large; stamping takes a tenth.
 *
 * @import { MarkLayer } from "./wire.js"
 * @import { Place } from "./marks.js"
 * @import { Context } from "./aside.js"
 * @import { StampedShape } from "./stamps.js"
 */

import { asideOf } from "./aside.js";
import { Crossings } from "./fill.js";
import { Paint } from "./paint.js";

const ONE = 1 << 16; // in the numbers of the innermost loops
const INVERSES = Int32Array.from({ length: 256 }, (_, alpha) => (alpha ? Math.round((255 * ONE) / alpha) : 0));

export class Coverage {
  /** @param {number} width @param {number} height in pixels */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** Red, green, blue and alpha by turns, colours multiplied by alpha; and each pixel as one number. */
    this.pixels = new Uint8ClampedArray(4 * width * height);
    this.words = new Int32Array(this.pixels.buffer);
    /** How much of each pixel the present run covers, 0 … 255. */
    this.covered = new Uint8Array(width * height);
    /** Which pixels these are, in no order. */
    this.touched = new Int32Array(width * height);
    this.count = 0;
    /** For outlines that are filled; views of lines or marks need none. @type {Crossings | null} */
    this.made = null;
  }

  get crossings() {
    this.made ??= new Crossings(this.width, this.height);
    return this.made;
  }

  clear() {
    this.words.fill(0);
  }

  /**
   * Paint marks of one style, as one shape.
   * @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Place} place
   * @param {number} color 0xrrggbb @param {number} opacity 0 … 1 @param {number} from @param {number} to
   */
  paint(layer, shapes, place, color, opacity, from, to) {
    const unit = place.scale / layer.grid;
    const radiusUnit = place.scale / layer.radiusGrid;
    for (let mark = from; mark < to; mark += 1) {
      const x = layer.centers[2 * mark] * unit + place.x;
      const y = layer.centers[2 * mark + 1] * unit + place.y;
      const radius = layer.radii[mark] * radiusUnit;
      if (x + radius < -1 || y + radius < -1 || x - radius > this.width || y - radius > this.height) continue;
      this.cover(shapes[layer.shapes[mark]], x, y, radius, layer.angles[mark], true);
    }
    this.lay(color, opacity);
  }

  /**
   * Cover what a shape covers.
   * @param {StampedShape} shape @param {number} x @param {number} y @param {number} radius @param {number} angle
   * @param {boolean} adds whether it lies beside what is there, or else over it
   */
  cover(shape, x, y, radius, angle, adds) {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const stamp = shape.stamp(radius, angle, x - column, y - row);
    const { cover } = stamp;
    const left = column + stamp.left;
    const top = row + stamp.top;
    const first = Math.max(0, -left);
    const last = Math.min(stamp.width, this.width - left);
    const bottom = Math.min(stamp.height, this.height - top);
    const { covered, touched } = this;
    let count = this.count;
    for (let down = Math.max(0, -top); down < bottom; down += 1) {
      const at = (top + down) * this.width + left;
      const line = down * stamp.width;
      for (let right = first; right < last; right += 1) {
        // Without branches, which nobody could foretell here.
        const amount = cover[line + right];
        const before = covered[at + right];
        const over = adds ? before + amount - 255 : before - amount;
        covered[at + right] = adds ? 255 + (over & (over >> 31)) : amount + (over & ~(over >> 31));
        touched[count] = at + right;
        count += ((before - 1) >>> 31) & (-amount >>> 31);
      }
    }
    this.count = count;
  }

  /** Lay a colour over what is painted already, wherever the run covers it, and forget the run. @param {number} color @param {number} opacity */
  lay(color, opacity) {
    const { covered, touched, count } = this;
    const paint = new Paint(this.words, color);
    const full = Math.round((opacity * 256 * ONE) / 255);
    for (let i = 0; i < count; i += 1) {
      const pixel = touched[i];
      paint.pixel(pixel, (covered[pixel] * full + ONE / 2) >> 16);
      covered[pixel] = 0;
    }
    this.count = 0;
  }

  /** What is painted, as ImageData has it: colours not multiplied by alpha. Nothing is painted on it any more, until it is cleared. */
  divided() {
    const { pixels, words } = this;
    const { length } = words;
    for (let pixel = 0; pixel < length; pixel += 1) {
      const word = words[pixel];
      const alpha = word >>> 24;
      if (alpha === 0 || alpha === 255) continue; // nearly all of them, on paper and in mosaics
      const larger = INVERSES[alpha];
      const red = (Math.imul(word & 255, larger) + ONE / 2) >> 16;
      const green = (Math.imul((word >> 8) & 255, larger) + ONE / 2) >> 16;
      const blue = (Math.imul((word >> 16) & 255, larger) + ONE / 2) >> 16;
      words[pixel] = (word & 0xff000000) | (blue << 16) | (green << 8) | red;
    }
    return pixels;
  }
}

/** @param {string} color #rrggbb */
export const numberOf = (color) => parseInt(color.slice(1), 16);

/** @type {Coverage | null} */
let kept = null;

/**
 * Paint on numbers, and lay them on a canvas. Views of a page mostly have the same size, so they are kept.
 * @param {Context} context @param {Place} place @param {boolean} isFirst whether nothing lies on the canvas yet
 * @param {(coverage: Coverage) => void} paint
 */
export function paintCovered(context, { width, height }, isFirst, paint) {
  if (kept?.width === width && kept.height === height) kept.clear();
  else kept = new Coverage(width, height);
  paint(kept);
  const image = new ImageData(kept.divided(), width, height);
  if (isFirst) {
    context.putImageData(image, 0, 0);
    return;
  }
  const { canvas, context: aside } = asideOf(width, height);
  aside.putImageData(image, 0, 0);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  context.drawImage(canvas, 0, 0, width, height, 0, 0, width, height);
}
