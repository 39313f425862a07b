// @ts-check
/**
 * A layer of paths that paints itself, and knows what of it lies where.
 *
 * A run of one style is one shape: its fill lies below its lines, and its opacity holds for both together.
 *
 * While frames follow one another, shapes, and lines that are some pixels wide, are drawn with tools of our own.
 *
 * @import { PathLayer, Style } from "./wire.js"
 * @import { Place } from "./marks.js"
 * @import { Context } from "./aside.js"
 * @import { Coverage } from "./coverage.js"
 * @import { Box } from "./sinks.js"
 * @import { Found, NodeSink } from "./layers.js"
 * @import { PathSink } from "./paths.js"
 * @typedef {{from: number, to: number, style: Style, traced: Traced}} Piece
 * @typedef {{to: number, path: Path2D | null, cell: number, isOutline: boolean, box: Box | null}} Traced
 *   path: as it was painted last, with points thinned out to cells of this size; box: around its points
 * @typedef {{lookup: Lookup, traced: Map<number, Traced>}} Geometry pieces by where they begin
 */

import { onCanvas, paintAside } from "./aside.js";
import { numberOf } from "./coverage.js";
import { Fill } from "./fill.js";
import { Lookup } from "./lookup.js";
import { pieces, tracePaths } from "./paths.js";
import { Pen } from "./pen.js";
import { contains, grown, meets, Thinned, Windowed } from "./sinks.js";

const CELL = 0.5; // pixels of the canvas, at most: what is nearer together than this is one point
const WIDEST = 8; // pixels of the canvas: above it the pen is hardly quicker, and its corners show

/** What is known of layers, whatever their styles: frames in which only these differ share it. @type {WeakMap<PathLayer, Geometry>} */
const geometries = new WeakMap();

export class PaintedPaths {
  /** @param {PathLayer} layer @param {Style[]} styles @param {[number, number]} size of the page */
  constructor(layer, styles, size) {
    this.layer = layer;
    this.styles = styles;
    this.size = size;
    const { lookup, traced } = geometryOf(layer);
    this.lookup = lookup;
    /** @type {Piece[]} */
    this.pieces = pieces(layer, styles).map(({ from, to, style }) => {
      return { from, to, style: styles[style], traced: tracedOf(traced, from, to) };
    });
    this.isLines = this.pieces.every(({ style }) => style.fill === null);
    // What is see-through is so as a whole, fill and line together.
    this.canCover = this.pieces.every(({ style }) => style.opacity === 1 || !style.fill || !hasLine(style));
    this.widest = this.pieces.reduce((widest, { style }) => (hasLine(style) ? Math.max(widest, style.width) : widest), 0);
  }

  /** Whether it is drawn with tools of our own. @param {Place} place @param {boolean} isHurried */
  isCovering(place, isHurried) {
    const width = this.widest * place.scale;
    return isHurried && this.canCover && width <= WIDEST && (width > 1 || !this.isLines);
  }

  /** @param {Coverage} coverage @param {Place} place @returns {boolean} whether it is as true as can be */
  cover(coverage, place) {
    const { unit, cell, view, isWhole } = this.sightOf(place);
    for (const piece of this.pieces) {
      const { style } = piece;
      const width = hasLine(style) ? style.width : 0;
      const window = isWhole ? null : grown(view, (width * this.layer.grid) / 2 + 1 / unit);
      if (window && !meets(this.boxOf(piece), window)) continue;
      if (style.fill) {
        const fill = new Fill(coverage, place, unit);
        this.traceSeen(fill, piece, window);
        fill.end();
        fill.lay(numberOf(style.fill), style.opacity);
      }
      if (style.stroke && width > 0) {
        const pen = new Pen(coverage, place, unit, width * place.scale);
        const sink = cell > 0 ? new Thinned(pen, cell, false) : pen;
        this.traceSeen(sink, piece, window);
        if (sink instanceof Thinned) sink.end();
        pen.end();
        coverage.lay(numberOf(style.stroke), style.opacity);
      }
    }
    return false;
  }

  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    const { grid } = this.layer;
    const { unit, cell, view, isWhole } = this.sightOf(place);
    for (const piece of this.pieces) {
      const { style } = piece;
      const margin = hasLine(style) ? (style.width * grid) / 2 : 0;
      const window = isWhole ? null : grown(view, margin + 1 / unit);
      const path = this.trace(piece, window, cell);
      if (!path) continue;
      /** @param {Context} on @param {number} left @param {number} top @param {number} opacity */
      const lay = (on, left, top, opacity) => {
        on.setTransform(unit, 0, 0, unit, place.x - left, place.y - top);
        on.globalAlpha = opacity;
        if (style.fill) {
          on.fillStyle = style.fill;
          on.fill(path);
        }
        if (style.stroke && style.width > 0) {
          on.strokeStyle = style.stroke;
          on.lineWidth = style.width * grid;
          on.stroke(path);
        }
      };
      if (style.opacity === 1 || !style.fill || !hasLine(style)) lay(context, 0, 0, style.opacity);
      else paintAside(context, onCanvas(this.boxOf(piece), unit, margin * unit, place), style.opacity, lay);
    }
  }

  /** What the canvas shows, and whether that is all of the page. @param {Place} place */
  sightOf(place) {
    const { grid } = this.layer;
    const unit = place.scale / grid;
    const view = viewOf(place, unit);
    const isWhole = contains(view, { left: 0, top: 0, right: this.size[0] * grid, bottom: this.size[1] * grid });
    return { unit, cell: cellOf(unit), view, isWhole };
  }

  /**
   * A piece as the canvas takes it, without what is out of sight; null where nothing is in sight.
   * @param {Piece} piece @param {Box | null} window in units of the grid, where not all is to be seen @param {number} cell
   */
  trace(piece, window, cell) {
    const { from, to, style } = piece;
    if (window && !meets(this.boxOf(piece), window)) return null;
    if (!window || contains(window, this.boxOf(piece))) {
      const { traced } = piece;
      const isOutline = style.fill !== null;
      if (!traced.path || traced.cell !== cell || (cell > 0 && traced.isOutline !== isOutline)) {
        traced.path = new Path2D();
        traced.cell = cell;
        traced.isOutline = isOutline;
        const sink = thinned(traced.path, style, cell);
        tracePaths(sink, this.layer, from, to);
        if (sink instanceof Thinned) sink.end();
      }
      return traced.path;
    }
    const path = new Path2D();
    const sink = thinned(style.fill ? path : new Windowed(path, window), style, cell);
    this.traceSeen(sink, piece, window);
    if (sink instanceof Thinned) sink.end();
    return path;
  }

  /** Those paths of a piece that meet a window, if there is one. @param {PathSink} sink @param {Piece} piece @param {Box | null} window */
  traceSeen(sink, { from, to }, window) {
    const { layer, lookup } = this;
    if (!window) tracePaths(sink, layer, from, to);
    else for (let path = from; path < to; path += 1) if (lookup.meets(path, window)) tracePaths(sink, layer, path, path + 1);
  }

  /** @param {Piece} piece */
  boxOf({ from, to, traced }) {
    traced.box ??= this.lookup.box(from, to);
    return traced.box;
  }

  /** @param {number} x @param {number} y @param {number} reach in pixels of the picture @returns {Found | null} */
  find(x, y, reach) {
    const { grid, styles: ofPaths } = this.layer;
    const near = this.lookup.nearest(x * grid, y * grid, reach * grid);
    const filled = this.styles.map((style) => style.fill !== null);
    const path = near?.path ?? this.lookup.around(x * grid, y * grid, (each) => filled[ofPaths[each]]);
    if (path < 0) return null;
    const length = this.lookup.length(path) / grid;
    return { kind: "path", index: path, length, style: this.styles[ofPaths[path]], distance: near ? near.distance / grid : reach };
  }

  /** @param {Place} place @param {NodeSink} sink in pixels of the canvas */
  nodes(place, sink) {
    const unit = place.scale / this.layer.grid;
    /** @param {number} x */
    const across = (x) => x * unit + place.x;
    /** @param {number} y */
    const down = (y) => y * unit + place.y;
    /** @type {import("./lookup.js").NodeVisitor} */
    const visit = {
      start: (x, y) => sink.start(across(x), down(y)),
      point: (x, y) => sink.point(across(x), down(y)),
      handle: (fromX, fromY, toX, toY) => sink.handle(across(fromX), down(fromY), across(toX), down(toY)),
    };
    this.lookup.visitNodes(viewOf(place, unit), visit, () => sink.isFull);
  }
}

/** @param {PathLayer} layer */
function geometryOf(layer) {
  let found = geometries.get(layer);
  if (!found) {
    found = { lookup: new Lookup(layer), traced: new Map() };
    geometries.set(layer, found);
  }
  return found;
}

/** @param {Map<number, Traced>} traced @param {number} from @param {number} to */
function tracedOf(traced, from, to) {
  let found = traced.get(from);
  if (found?.to !== to) {
    found = { to, path: null, cell: 0, isOutline: false, box: null };
    traced.set(from, found);
  }
  return found;
}

/** @param {Style} style */
export const hasLine = (style) => style.stroke !== null && style.width > 0;

/** A power of two, so that a slow zoom does not trace everything anew in each frame. @param {number} unit pixels of the canvas for one of the grid */
function cellOf(unit) {
  const cell = 2 ** Math.floor(Math.log2(CELL / unit));
  return cell > 1 ? cell : 0;
}

/** What the canvas shows, in units of the grid. @param {Place} place @param {number} unit @returns {Box} */
function viewOf({ x, y, width, height }, unit) {
  return { left: -x / unit, top: -y / unit, right: (width - x) / unit, bottom: (height - y) / unit };
}

/** @param {PathSink} sink @param {Style} style @param {number} cell @returns {PathSink} */
function thinned(sink, style, cell) {
  return cell > 0 ? new Thinned(sink, cell, style.fill !== null) : sink;
}
