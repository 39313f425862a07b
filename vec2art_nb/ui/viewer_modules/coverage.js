// @ts-check
/**
 * A canvas of plain numbers for many small marks and for lines in a hurry. The browser's own takes 1 to 3 µs for each
 * mark that is a few pixels large; stamping takes a tenth.
 *
 * @import { MarkLayer } from "./wire.js"
 * @import { Place } from "./marks.js"
 * @import { Context } from "./aside.js"
 * @import { StampedShape } from "./stamps.js"
 */

import { asideOf } from "./aside.js";

export class Coverage {
  /** @param {number} width @param {number} height in pixels */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    /** As in ImageData: red, green, blue, alpha by turns, colours not multiplied by alpha. */
    this.pixels = new Uint8ClampedArray(4 * width * height);
    this.words = new Uint32Array(this.pixels.buffer);
    /** How much of each pixel the present run covers, 0 … 255. */
    this.covered = new Uint8Array(width * height);
    /** Which pixels these are, in no order. */
    this.touched = new Int32Array(width * height);
    this.count = 0;
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
        const amount = cover[line + right];
        if (amount === 0) continue;
        const before = covered[at + right];
        if (before === 0) {
          touched[count] = at + right;
          count += 1;
        }
        const all = adds ? before + amount : Math.max(before, amount);
        covered[at + right] = all > 255 ? 255 : all;
      }
    }
    this.count = count;
  }

  /** Lay a colour over what is painted already, wherever the run covers it, and forget the run. @param {number} color @param {number} opacity */
  lay(color, opacity) {
    const { covered, touched, pixels, words } = this;
    const red = color >> 16;
    const green = (color >> 8) & 255;
    const blue = color & 255;
    const plain = (blue << 16) | (green << 8) | red;
    for (let i = 0; i < this.count; i += 1) {
      const pixel = touched[i];
      const alpha = covered[pixel] * opacity;
      covered[pixel] = 0;
      if (words[pixel] === 0 || alpha === 255) {
        words[pixel] = plain | (Math.round(alpha) << 24);
        continue;
      }
      const at = 4 * pixel;
      const whole = alpha + pixels[at + 3] * (1 - alpha / 255);
      const share = alpha / whole;
      pixels[at] += (red - pixels[at]) * share;
      pixels[at + 1] += (green - pixels[at + 1]) * share;
      pixels[at + 2] += (blue - pixels[at + 2]) * share;
      pixels[at + 3] = whole;
    }
    this.count = 0;
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
  const image = new ImageData(kept.pixels, width, height);
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
