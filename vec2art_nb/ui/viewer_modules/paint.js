// @ts-check
/**
 * A colour that is laid on a canvas of plain numbers, on which colours are multiplied by alpha: so all four parts of a
 * pixel mix alike, two at once, and without branches, which nobody could foretell here.
 */

const PAIR = 0xff00ff; // two parts of a pixel with room between them, so that they do not flow over into each other
const HALF = 0x800080;
const NARROW = 100; // pixels: narrower spans are filled quicker one by one

export class Paint {
  /** @param {Int32Array} words of the canvas @param {number} color 0xrrggbb */
  constructor(words, color) {
    this.words = words;
    this.redBlue = ((color & 255) << 16) | (color >> 16);
    this.greenAlpha = (255 << 16) | ((color >> 8) & 255);
    this.solid = this.redBlue | (this.greenAlpha << 8);
  }

  /** @param {number} pixel @param {number} amount 0 … 256 */
  pixel(pixel, amount) {
    const { words } = this;
    const below = words[pixel];
    const rest = 256 - amount;
    const redBlue = Math.imul(below & PAIR, rest) + Math.imul(this.redBlue, amount) + HALF;
    const greenAlpha = Math.imul((below >>> 8) & PAIR, rest) + Math.imul(this.greenAlpha, amount) + HALF;
    words[pixel] = ((redBlue >>> 8) & PAIR) | (greenAlpha & ~PAIR);
  }

  /** Consecutive pixels. @param {number} from @param {number} to @param {number} amount 0 … 256 */
  span(from, to, amount) {
    const { words, solid } = this;
    if (amount < 256) for (let pixel = from; pixel < to; pixel += 1) this.pixel(pixel, amount);
    else if (to - from > NARROW) words.fill(solid, from, to);
    else for (let pixel = from; pixel < to; pixel += 1) words[pixel] = solid;
  }
}
