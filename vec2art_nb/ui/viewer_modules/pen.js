// @ts-check
/**
 * A round pen on a canvas of plain numbers, for lines that are a few pixels wide: the browser's own takes two to three
 * times as long for them. It goes along each line pixel by pixel and inks those across it by their distance, so that
 * ends and corners are a little less true.
 *
 * @import { Coverage } from "./coverage.js"
 * @import { Place } from "./marks.js"
 */

import { Flattened } from "./flattened.js";
import { StampedShape } from "./stamps.js";

const ONE = 1 << 16; // a pixel, in the numbers of the innermost loop

const tip = new StampedShape(null);

/** A sink for paths. Like the browser it draws what is up to a pixel wide as lines of a pixel, paler the thinner. */
export class Pen extends Flattened {
  /** @param {Coverage} coverage @param {Place} place @param {number} unit pixels for one of the points @param {number} width of the line in pixels */
  constructor(coverage, place, unit, width) {
    super(place, unit);
    this.coverage = coverage;
    this.half = Math.max(width, 1) / 2;
    this.isThin = width <= 1;
    this.tone = Math.round(255 * Math.min(width, 1));
    /** The way the last line went, and whether that was more across than down. */
    this.right = 0;
    this.down = 0;
    this.isFlat = true;
    this.isStart = true;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.end();
    super.moveTo(x, y);
    this.isStart = true;
  }

  /** Lift it: the last line has its round end only then. */
  end() {
    if (!this.isStart && !this.isThin) this.dot(this.x, this.y);
    this.isStart = true;
  }

  /** @param {number} x in pixels @param {number} y */
  drawTo(x, y) {
    const { x: fromX, y: fromY } = this;
    const { width, height } = this.coverage;
    const right = x - fromX;
    const down = y - fromY;
    const isFlat = Math.abs(right) >= Math.abs(down);
    // Lines that are both cut across, or both down, meet without a gap unless they turn back.
    const isCorner = isFlat !== this.isFlat || right * this.right + down * this.down < 0;
    if (!this.isThin && (this.isStart || isCorner)) this.dot(fromX, fromY);
    this.x = x;
    this.y = y;
    this.right = right;
    this.down = down;
    this.isFlat = isFlat;
    this.isStart = false;
    if (isFlat) this.strip(fromX, fromY, x, y, 1, width, width, height);
    else this.strip(fromY, fromX, y, x, width, 1, height, width);
  }

  /**
   * A line along the axis that it follows more, cut off there at both ends.
   * @param {number} from @param {number} fromSide along that axis and the other one @param {number} to @param {number} toSide
   * @param {number} stride @param {number} strideSide from pixel to pixel @param {number} size @param {number} sizeSide in pixels
   */
  strip(from, fromSide, to, toSide, stride, strideSide, size, sizeSide) {
    if (from === to) return;
    const { coverage, tone } = this;
    const { covered, touched } = coverage;
    const slope = (toSide - fromSide) / (to - from);
    const upright = this.isThin ? 1 : 1 / Math.sqrt(1 + slope * slope); // of a pixel on the side, how much is away from the line
    const reach = this.half + 0.5;
    const reachSide = reach / upright;
    const first = Math.max(0, Math.ceil(Math.min(from, to) - 0.5));
    const last = Math.min(size - 1, Math.floor(Math.max(from, to) - 0.5));
    const most = Math.ceil(2 * reachSide);
    const step = Math.round(upright * ONE);
    const full = Math.round(reach * ONE);
    let { count } = coverage;
    let side = fromSide + (first + 0.5 - from) * slope - 0.5; // 0 is the middle of a pixel
    for (let along = first; along <= last; along += 1, side += slope) {
      const begin = Math.ceil(side - reachSide);
      const top = Math.max(0, begin);
      const bottom = Math.min(sizeSide, begin + most);
      let away = Math.round((top - side) * step);
      let at = along * stride + top * strideSide;
      // Without branches, which nobody could foretell here.
      for (let each = top; each < bottom; each += 1, at += strideSide, away += step) {
        const sign = away >> 31;
        const over = full - ONE - ((away ^ sign) - sign);
        const amount = ONE + (over & (over >> 31));
        const value = (Math.imul(amount & ~(amount >> 31), tone)) >> 16;
        const before = covered[at];
        const more = value - before;
        covered[at] = before + (more & ~(more >> 31));
        touched[count] = at;
        count += ((before - 1) >>> 31) & (-value >>> 31);
      }
    }
    coverage.count = count;
  }

  /** @param {number} x in pixels @param {number} y */
  dot(x, y) {
    this.coverage.cover(tip, x, y, this.half, 0, false);
  }
}
