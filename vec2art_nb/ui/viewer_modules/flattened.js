// @ts-check
/**
 * What tools that draw on a canvas of plain numbers have in common: they go from point to point in pixels, along curves
 * in short lines.
 *
 * @import { Place } from "./marks.js"
 */

const FLATNESS = 0.25; // pixels that a curve may be off

/** A sink for paths, in which a tool says what it does with a line. */
export class Flattened {
  /** @param {Place} place @param {number} unit pixels for one of the points */
  constructor(place, unit) {
    this.unit = unit;
    this.left = place.x;
    this.top = place.y;
    this.x = 0;
    this.y = 0;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.x = x * this.unit + this.left;
    this.y = y * this.unit + this.top;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.drawTo(x * this.unit + this.left, y * this.unit + this.top);
  }

  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    const { unit, left, top, x: startX, y: startY } = this;
    const [oneX, oneY, twoX, twoY] = [a * unit + left, b * unit + top, c * unit + left, d * unit + top];
    const endX = x * unit + left;
    const endY = y * unit + top;
    const bendX = Math.max(Math.abs(startX - 2 * oneX + twoX), Math.abs(oneX - 2 * twoX + endX));
    const bendY = Math.max(Math.abs(startY - 2 * oneY + twoY), Math.abs(oneY - 2 * twoY + endY));
    const steps = Math.ceil(Math.sqrt((0.75 * Math.sqrt(bendX * bendX + bendY * bendY)) / FLATNESS));
    for (let step = 1; step < steps; step += 1) {
      const t = step / steps;
      const u = 1 - t;
      const [start, one, two, end] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      this.drawTo(start * startX + one * oneX + two * twoX + end * endX, start * startY + one * oneY + two * twoY + end * endY);
    }
    this.drawTo(endX, endY);
  }

  /** @param {number} _x in pixels @param {number} _y */
  drawTo(_x, _y) {}
}
