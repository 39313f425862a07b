// @ts-check
/**
 * Layers of paths as commands for a canvas.
 *
 * @import { PathLayer, Style } from "./wire.js"
 * @typedef {{from: number, to: number, style: number}} Run
 * @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void,
 *   bezierCurveTo(a: number, b: number, c: number, d: number, x: number, y: number): void}} PathSink
 */

const MOVE = 1;
const LINE = 2;
const CURVE = 4;
const DOT = 0.05; // units of the grid; a line of no length gets this, because canvas paints no lone one
const POINTS_PER_PIECE = 500; // one path of many points takes up to three times as long as pieces of some

/**
 * Consecutive items of one style. The painting order stays, so a style can have several runs.
 * @param {Uint16Array} styles
 * @param {(from: number, to: number) => boolean} [fits] whether these may be in one run; a single one always may
 * @returns {Run[]}
 */
export function styleRuns(styles, fits = () => true) {
  /** @type {Run[]} */
  const runs = [];
  for (let from = 0; from < styles.length; ) {
    let to = from + 1;
    while (to < styles.length && styles[to] === styles[from] && fits(from, to + 1)) to += 1;
    runs.push({ from, to, style: styles[from] });
    from = to;
  }
  return runs;
}

/**
 * Runs of a layer, in pieces of a size that is painted quickly where that cannot be seen: what overlaps within one
 * run of a see-through or filled style must stay together.
 * @param {PathLayer} layer @param {Style[]} styles
 */
export function pieces({ styles: ofPaths, offsets, union }, styles) {
  /** @param {Style} style */
  const canSplit = ({ opacity, fill, stroke }) => opacity === 1 && (fill === null || (union && stroke === null));
  const splits = styles.map(canSplit);
  return styleRuns(ofPaths, (from, to) => !splits[ofPaths[from]] || offsets[to] - offsets[from] <= POINTS_PER_PIECE);
}

/**
 * Closed subpaths end with a line to where they began. With round joins that looks as closePath does, which Chromium
 * has measure the whole path each time: a path of a hundred thousand closed ones took it more than a minute.
 * @param {PathSink} sink @param {PathLayer} layer @param {number} from @param {number} to
 */
export function tracePaths(sink, { points, codes, offsets, closed }, from, to) {
  for (let path = from; path < to; path += 1) {
    const end = offsets[path + 1];
    for (let i = offsets[path]; i < end; ) {
      const begin = i;
      const startX = points[2 * i];
      const startY = points[2 * i + 1];
      let moved = false;
      sink.moveTo(startX, startY);
      for (i += 1; i < end && codes[i] !== MOVE; i += codes[i] === CURVE ? 3 : 1) {
        const x = points[2 * i];
        const y = points[2 * i + 1];
        if (codes[i] === LINE) sink.lineTo(x, y);
        else sink.bezierCurveTo(x, y, points[2 * i + 2], points[2 * i + 3], points[2 * i + 4], points[2 * i + 5]);
        moved ||= codes[i] === CURVE || x !== startX || y !== startY;
      }
      if (!moved) sink.lineTo(startX + DOT, startY);
      else if (closed[path] && i - begin > 1) sink.lineTo(startX, startY);
    }
  }
}
