// @ts-check
/**
 * What lies where in a layer of paths: boxes, the path nearest to a point, the points in a window. Made when first asked
 * for, because most frames of a drag are painted once and never asked.
 *
 * @import { PathLayer } from "./wire.js"
 * @import { Box } from "./sinks.js"
 * @typedef {(fromX: number, fromY: number, toX: number, toY: number) => void} SegmentVisitor
 * @typedef {{start: (x: number, y: number) => void, point: (x: number, y: number) => void,
 *   handle: (fromX: number, fromY: number, toX: number, toY: number) => void}} NodeVisitor in units of the points
 */

const MOVE = 1;
const CURVE = 4;
const CHORDS = 8; // straight pieces that stand for a curve where it is measured

export class Lookup {
  /** @param {PathLayer} layer */
  constructor(layer) {
    this.layer = layer;
    /** @type {Int32Array | null} left, top, right, bottom of each path, of control points too */
    this.made = null;
  }

  get boxes() {
    this.made ??= boxesOf(this.layer);
    return this.made;
  }

  /** Around paths of a run. @param {number} from @param {number} to @returns {Box} */
  box(from, to) {
    const { boxes } = this;
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let at = 4 * from; at < 4 * to; at += 4) {
      if (boxes[at] < box.left) box.left = boxes[at];
      if (boxes[at + 1] < box.top) box.top = boxes[at + 1];
      if (boxes[at + 2] > box.right) box.right = boxes[at + 2];
      if (boxes[at + 3] > box.bottom) box.bottom = boxes[at + 3];
    }
    return box;
  }

  /** @param {number} path @param {Box} box */
  meets(path, { left, top, right, bottom }) {
    const { boxes } = this;
    const at = 4 * path;
    return boxes[at] <= right && boxes[at + 2] >= left && boxes[at + 1] <= bottom && boxes[at + 3] >= top;
  }

  /**
   * The path whose line is nearest; of equals the one that lies on top.
   * @param {number} x @param {number} y @param {number} reach how far off it may be
   */
  nearest(x, y, reach) {
    let path = -1;
    let least = reach * reach;
    for (let index = 0; index < this.layer.styles.length; index += 1) {
      const away = Math.sqrt(least);
      if (!this.meets(index, { left: x - away, top: y - away, right: x + away, bottom: y + away })) continue;
      eachSegment(this.layer, index, this.layer.closed[index] === 1, (fromX, fromY, toX, toY) => {
        const square = squareDistance(x, y, fromX, fromY, toX, toY);
        if (square > least) return;
        least = square;
        path = index;
      });
    }
    return path < 0 ? null : { path, distance: Math.sqrt(least) };
  }

  /** The topmost of the paths that enclose a point, under the nonzero rule. @param {number} x @param {number} y @param {(path: number) => boolean} counts */
  around(x, y, counts) {
    const point = { left: x, top: y, right: x, bottom: y };
    for (let path = this.layer.styles.length - 1; path >= 0; path -= 1) {
      if (!counts(path) || !this.meets(path, point)) continue;
      let winding = 0;
      eachSegment(this.layer, path, true, (fromX, fromY, toX, toY) => {
        if (fromY <= y === toY <= y) return;
        if (fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX) > x) winding += toY > fromY ? 1 : -1;
      });
      if (winding !== 0) return path;
    }
    return -1;
  }

  /** In units of the points. @param {number} path */
  length(path) {
    let sum = 0;
    eachSegment(this.layer, path, this.layer.closed[path] === 1, (fromX, fromY, toX, toY) => {
      sum += Math.hypot(toX - fromX, toY - fromY);
    });
    return sum;
  }

  /** @param {Box} box @param {NodeVisitor} visit @param {() => boolean} isEnough */
  visitNodes(box, visit, isEnough) {
    const { points, codes, offsets, styles } = this.layer;
    /** @param {number} i */
    const isSeen = (i) =>
      points[2 * i] >= box.left && points[2 * i] <= box.right && points[2 * i + 1] >= box.top && points[2 * i + 1] <= box.bottom;
    /** @param {number} i @param {number} j */
    const handle = (i, j) => visit.handle(points[2 * i], points[2 * i + 1], points[2 * j], points[2 * j + 1]);
    for (let path = 0; path < styles.length && !isEnough(); path += 1) {
      if (!this.meets(path, box)) continue;
      for (let i = offsets[path]; i < offsets[path + 1]; i += 1) {
        if (codes[i] === CURVE) {
          if (isSeen(i - 1) || isSeen(i)) handle(i - 1, i);
          if (isSeen(i + 1) || isSeen(i + 2)) handle(i + 2, i + 1);
          i += 2;
        }
        if (!isSeen(i)) continue;
        if (codes[i] === MOVE) visit.start(points[2 * i], points[2 * i + 1]);
        else visit.point(points[2 * i], points[2 * i + 1]);
      }
    }
  }
}

/** @param {PathLayer} layer */
function boxesOf({ points, offsets, styles }) {
  const boxes = new Int32Array(4 * styles.length);
  for (let path = 0; path < styles.length; path += 1) {
    let left = Infinity;
    let top = Infinity;
    let right = -Infinity;
    let bottom = -Infinity;
    for (let at = 2 * offsets[path]; at < 2 * offsets[path + 1]; at += 2) {
      const x = points[at];
      const y = points[at + 1];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    boxes.set([left, top, right, bottom], 4 * path);
  }
  return boxes;
}

/** @param {PathLayer} layer @param {number} path @param {boolean} closing whether each subpath returns to its start @param {SegmentVisitor} visit */
function eachSegment({ points, codes, offsets }, path, closing, visit) {
  const end = offsets[path + 1];
  for (let i = offsets[path]; i < end; ) {
    const [startX, startY] = [points[2 * i], points[2 * i + 1]];
    let [x, y] = [startX, startY];
    let isAlone = true;
    /** @param {number} toX @param {number} toY */
    const line = (toX, toY) => {
      visit(x, y, toX, toY);
      [x, y, isAlone] = [toX, toY, false];
    };
    for (i += 1; i < end && codes[i] !== MOVE; i += codes[i] === CURVE ? 3 : 1) {
      if (codes[i] !== CURVE) line(points[2 * i], points[2 * i + 1]);
      else flatten(x, y, points.subarray(2 * i, 2 * i + 6), line);
    }
    if (isAlone || closing) visit(x, y, startX, startY);
  }
}

/** @param {number} fromX @param {number} fromY @param {Iterable<number>} curve @param {(x: number, y: number) => void} line */
function flatten(fromX, fromY, [a, b, c, d, x, y], line) {
  for (let chord = 1; chord <= CHORDS; chord += 1) {
    const t = chord / CHORDS;
    const rest = 1 - t;
    const [first, second, third, fourth] = [rest ** 3, 3 * rest * rest * t, 3 * rest * t * t, t ** 3];
    line(first * fromX + second * a + third * c + fourth * x, first * fromY + second * b + third * d + fourth * y);
  }
}

/** @param {number} x @param {number} y @param {number} fromX @param {number} fromY @param {number} toX @param {number} toY */
function squareDistance(x, y, fromX, fromY, toX, toY) {
  const right = toX - fromX;
  const down = toY - fromY;
  const square = right * right + down * down;
  const along = square > 0 ? Math.min(1, Math.max(0, ((x - fromX) * right + (y - fromY) * down) / square)) : 0;
  return (x - fromX - along * right) ** 2 + (y - fromY - along * down) ** 2;
}
