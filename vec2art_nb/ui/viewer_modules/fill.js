// @ts-check
/**
 * The inside of outlines on a canvas of plain numbers, covered exactly, for shapes in a hurry: the browser's own takes up
 * to twice as long for a thousand that are some twenty pixels large.
 *
 * Each line adds to the pixels that it crosses how much more of the row is inside from there on, so that a row's sums
 * from the left are how much of each pixel is covered. Which pixels these are is kept in bits, and which words of bits
 * in bits again: what lies between them is one span.
 *
 * Windings are summed up within a pixel. So this is the nonzero rule, but for pixels in which two outlines that run
 * against each other overlap only in part.
 *
 * @import { Coverage } from "./coverage.js"
 * @import { Place } from "./marks.js"
 */

import { Flattened } from "./flattened.js";
import { Paint } from "./paint.js";

const FINE = 256; // places in a pixel: whole numbers, so that sums come back to 0
const ONE = 2 * FINE * FINE; // a pixel that is inside, in halves of the places in it

/** What the outlines of a run cross, on a canvas of a size. All of it is 0 between two runs. */
export class Crossings {
  /** @param {number} width @param {number} height in pixels */
  constructor(width, height) {
    // A line at the right rim adds to the two columns beyond.
    this.words = (width + 2 + 31) >> 5;
    this.indexes = (this.words + 31) >> 5;
    this.changes = new Int32Array(this.words * 32 * height);
    this.marks = new Int32Array(this.words * height);
    this.index = new Int32Array(this.indexes * height);
  }
}

/** A sink for paths, which closes each subpath. */
export class Fill extends Flattened {
  /** @param {Coverage} coverage @param {Place} place @param {number} unit pixels for one of the points */
  constructor(coverage, place, unit) {
    super(place, unit);
    this.coverage = coverage;
    this.crossings = coverage.crossings;
    this.right = coverage.width * FINE;
    this.bottom = coverage.height * FINE;
    this.startX = 0;
    this.startY = 0;
    /** Rows in which something is. */
    this.first = coverage.height;
    this.last = -1;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.end();
    super.moveTo(x, y);
    this.startX = this.x;
    this.startY = this.y;
  }

  /** Close the last subpath. */
  end() {
    this.drawTo(this.startX, this.startY);
  }

  /** @param {number} x in pixels @param {number} y */
  drawTo(x, y) {
    const fromX = Math.round(this.x * FINE);
    const fromY = Math.round(this.y * FINE);
    const toX = Math.round(x * FINE);
    const toY = Math.round(y * FINE);
    this.x = x;
    this.y = y;
    if (fromY < toY) this.cut(fromX, fromY, toX, toY, 1);
    else if (toY < fromY) this.cut(toX, toY, fromX, fromY, -1);
  }

  /**
   * A line downwards, without what is out of sight: nothing depends on it above, below and to the right, and from beyond
   * the left rim it covers whole rows.
   * @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY @param {number} turn
   */
  cut(fromX, fromY, toX, toY, turn) {
    const { right, bottom } = this;
    if (toY <= 0 || fromY >= bottom || (fromX >= right && toX >= right)) return;
    if (fromY >= 0 && toY <= bottom && fromX >= 0 && toX >= 0 && fromX <= right && toX <= right) {
      this.cross(fromX, fromY, toX, toY, turn);
      return;
    }
    const slope = (toX - fromX) / (toY - fromY);
    const rims = [0, right].map((x) => Math.round(fromY + (x - fromX) / slope)).sort((one, other) => one - other);
    const [start, end] = [Math.max(0, fromY), Math.min(bottom, toY)];
    /** @param {number} y */
    const across = (y) => Math.min(right, Math.max(0, Math.round(fromX + (y - fromY) * slope)));
    let from = start;
    for (const to of [...rims.filter((y) => y > start && y < end), end]) {
      if (fromX + ((from + to) / 2 - fromY) * slope < right) this.cross(across(from), from, across(to), to, turn);
      from = to;
    }
  }

  /** A line downwards on the canvas. @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY @param {number} turn */
  cross(fromX, fromY, toX, toY, turn) {
    const { changes, marks, index, words, indexes } = this.crossings;
    const slope = (toX - fromX) / (toY - fromY);
    const last = (toY - 1) >> 8;
    let row = fromY >> 8;
    if (row < this.first) this.first = row;
    if (last > this.last) this.last = last;
    let x = fromX;
    let y = fromY;
    for (; row <= last; row += 1) {
      const bottom = row === last ? toY : (row + 1) << 8;
      const next = row === last ? toX : (fromX + (bottom - fromY) * slope + 0.5) | 0;
      const height = Math.imul(bottom - y, turn);
      const left = x < next ? x : next;
      const right = x < next ? next : x;
      x = next;
      y = bottom;
      const column = left >> 8;
      const at = ((row * words) << 5) + column;
      const middle = (column + 1) << 8;
      let beyond = 1; // pixels that it changes besides this one
      if (right <= middle) {
        const outside = Math.imul(height, left + right - (column << 9));
        changes[at] += (height << 9) - outside;
        changes[at + 1] += outside;
      } else if (right <= middle + 256) {
        // Two triangles: what is inside of the left pixel, and what is not of the right one.
        const near = middle - left;
        const far = right - middle;
        const share = 1 / (right - left);
        const inside = (height * near * near * share) | 0;
        const outside = (height * far * far * share) | 0;
        changes[at] += inside;
        changes[at + 1] += (height << 9) - outside - inside;
        changes[at + 2] += outside;
        beyond = 2;
      } else {
        this.spread(row, left, right, height);
        continue;
      }
      const word = row * words + (column >> 5);
      const bit = column & 31;
      if (marks[word] === 0) index[row * indexes + (column >> 10)] |= 1 << ((column >> 5) & 31);
      marks[word] |= ((2 << beyond) - 1) << bit;
      if (bit + beyond > 31) for (let more = 1; more <= beyond; more += 1) this.mark(row, column + more);
    }
  }

  /** A line across more than two pixels of a row. @param {number} row @param {number} left @param {number} right @param {number} height */
  spread(row, left, right, height) {
    const { changes, words } = this.crossings;
    const at = (row * words) << 5;
    const end = (right + 255) >> 8;
    const slope = height / (right - left);
    let before = 0;
    for (let column = left >> 8; column < end; column += 1) {
      // The line is as high at the pixel's sides as it has come by then; beside it the pixel is all inside, or not yet.
      const begin = Math.max(left, column << 8);
      const reach = Math.min(right, (column + 1) << 8);
      const low = (begin - left) * slope;
      const high = (reach - left) * slope;
      const inside = ((low + high) * (reach - begin) + 2 * high * (((column + 1) << 8) - reach)) | 0;
      changes[at + column] += inside - before;
      this.mark(row, column);
      before = inside;
    }
    changes[at + end] += (height << 9) - before;
    this.mark(row, end);
  }

  /** @param {number} row @param {number} column */
  mark(row, column) {
    const { marks, index, words, indexes } = this.crossings;
    marks[row * words + (column >> 5)] |= 1 << (column & 31);
    index[row * indexes + (column >> 10)] |= 1 << ((column >> 5) & 31);
  }

  /** Lay a colour over what is painted already, wherever it is inside, and forget the lines. @param {number} color @param {number} opacity */
  lay(color, opacity) {
    const { coverage, crossings } = this;
    const { width } = coverage;
    const { changes, marks, index, words, indexes } = crossings;
    const paint = new Paint(coverage.words, color);
    const full = Math.round(256 * opacity);
    for (let row = this.first; row <= this.last; row += 1) {
      const start = row * width;
      let sum = 0;
      let amount = 0;
      let done = 0;
      for (let group = 0; group < indexes; group += 1) {
        const at = row * indexes + group;
        for (let ones = index[at]; ones !== 0; ones &= ones - 1) {
          const place = row * words + (group << 5) + 31 - Math.clz32(ones & -ones);
          const corner = (place - row * words) << 5;
          for (let bits = marks[place]; bits !== 0; bits &= bits - 1) {
            const column = corner + 31 - Math.clz32(bits & -bits);
            if (amount > 0 && column > done) paint.span(start + done, start + Math.min(column, width), amount);
            const cell = ((row * words) << 5) + column;
            sum += changes[cell];
            changes[cell] = 0;
            amount = (Math.imul(Math.min(ONE, Math.abs(sum)), full) + (ONE >> 1)) >> 17;
            if (amount > 0 && column < width) paint.pixel(start + column, amount);
            done = column + 1;
          }
          marks[place] = 0;
        }
        index[at] = 0;
      }
      // What is cut off at the right goes on to the rim.
      if (amount > 0 && done < width) paint.span(start + done, start + width, amount);
    }
    this.first = coverage.height;
    this.last = -1;
  }
}
