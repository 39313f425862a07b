// @ts-check
/**
 * Sieves between a path and the canvas: they hand on only what there is to see.
 *
 * @import { PathSink } from "./paths.js"
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 */

/** @param {Box} one @param {Box} other */
export function meets(one, other) {
  return one.left <= other.right && one.right >= other.left && one.top <= other.bottom && one.bottom >= other.top;
}

/** @param {Box} outer @param {Box} inner */
export function contains(outer, inner) {
  return (
    inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom
  );
}

/** @param {Box} box @param {number} by @returns {Box} */
export function grown(box, by) {
  return { left: box.left - by, top: box.top - by, right: box.right + by, bottom: box.bottom + by };
}

/** Lifts the pen wherever a line is out of sight. For lines only: what is left of an outline encloses something else. */
export class Windowed {
  /** @param {PathSink} target @param {Box} box */
  constructor(target, box) {
    this.target = target;
    this.box = box;
    this.x = 0;
    this.y = 0;
    this.isDown = false;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.x = x;
    this.y = y;
    this.isDown = false;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    if (this.canSee(Math.min(this.x, x), Math.min(this.y, y), Math.max(this.x, x), Math.max(this.y, y))) {
      this.target.lineTo(x, y);
    }
    this.x = x;
    this.y = y;
  }

  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    const { x: fromX, y: fromY } = this;
    const [left, right] = [Math.min(fromX, a, c, x), Math.max(fromX, a, c, x)];
    if (this.canSee(left, Math.min(fromY, b, d, y), right, Math.max(fromY, b, d, y))) {
      this.target.bezierCurveTo(a, b, c, d, x, y);
    }
    this.x = x;
    this.y = y;
  }

  /** Put the pen down where a line begins that can be seen. @param {number} left @param {number} top @param {number} right @param {number} bottom */
  canSee(left, top, right, bottom) {
    const { box } = this;
    const isSeen = left <= box.right && right >= box.left && top <= box.bottom && bottom >= box.top;
    if (isSeen && !this.isDown) this.target.moveTo(this.x, this.y);
    this.isDown = isSeen;
    return isSeen;
  }
}

/**
 * Leaves out points that fall into the same small cell as the one before, for views so far off that a cell is less than
 * a pixel. In outlines every point goes to the middle of its cell: two shapes that share a border share it still.
 */
export class Thinned {
  /** @param {PathSink} target @param {number} cell side in units of the points @param {boolean} isOutline */
  constructor(target, cell, isOutline) {
    this.target = target;
    this.cell = cell;
    this.isOutline = isOutline;
    this.column = 0;
    this.row = 0;
    /** Where the last point was left out, and whether the line has got anywhere yet. */
    this.x = 0;
    this.y = 0;
    this.isBehind = false;
    this.hasLine = true;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.end();
    this.enter(x, y);
    this.hasLine = false;
    if (this.isOutline) this.target.moveTo((this.column + 0.5) * this.cell, (this.row + 0.5) * this.cell);
    else this.target.moveTo(x, y);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    if (this.isSame(x, y)) {
      this.x = x;
      this.y = y;
      this.isBehind = true;
      return;
    }
    this.enter(x, y);
    this.hasLine = true;
    if (this.isOutline) this.target.lineTo((this.column + 0.5) * this.cell, (this.row + 0.5) * this.cell);
    else this.target.lineTo(x, y);
  }

  /** @param {number} a @param {number} b @param {number} c @param {number} d @param {number} x @param {number} y */
  bezierCurveTo(a, b, c, d, x, y) {
    if (this.isSame(a, b) && this.isSame(c, d)) {
      this.lineTo(x, y);
      return;
    }
    this.enter(x, y);
    this.hasLine = true;
    if (this.isOutline) {
      /** @param {number} value */
      const middle = (value) => (Math.floor(value / this.cell) + 0.5) * this.cell;
      this.target.bezierCurveTo(middle(a), middle(b), middle(c), middle(d), middle(x), middle(y));
    } else this.target.bezierCurveTo(a, b, c, d, x, y);
  }

  /** A line ends where it ends, and one that stayed in its cell is still a dot. */
  end() {
    if (this.isBehind && !(this.isOutline && this.hasLine)) this.target.lineTo(this.x, this.y);
    this.isBehind = false;
  }

  /** @param {number} x @param {number} y */
  isSame(x, y) {
    return Math.floor(x / this.cell) === this.column && Math.floor(y / this.cell) === this.row;
  }

  /** @param {number} x @param {number} y */
  enter(x, y) {
    this.column = Math.floor(x / this.cell);
    this.row = Math.floor(y / this.cell);
    this.isBehind = false;
  }
}
