// @ts-check
/**
 * Layers that know how to paint themselves.
 *
 * A run of one style is one shape: its fill lies below its lines, and its opacity holds for both together. Where that
 * can't be had from one call of the canvas, the run is painted opaque on a canvas aside, and laid on from there.
 *
 * @import { Header, MarkLayer, PathLayer, Style } from "./wire.js"
 * @import { Place } from "./marks.js"
 * @import { Run } from "./paths.js"
 * @import { StampedShape } from "./stamps.js"
 * @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context
 * @typedef {{left: number, top: number, right: number, bottom: number}} Box
 * @typedef {{style: Style, path: Path2D, box: Box | null}} Piece the box where it may be painted aside
 * @typedef {{paint: (context: Context, place: Place) => void}} Paintable
 */

import { Coverage } from "./coverage.js";
import { distinctAngles, largestRadius, traceMarks } from "./marks.js";
import { pieces, styleRuns, tracePaths } from "./paths.js";
import { shapeOf } from "./stamps.js";

const MARKS_PER_PIECE = 100; // one path of many marks takes twice as long as paths of some
const SMALL_MARK = 8; // pixels of the canvas: up to this radius marks are stamped
const LARGE_ASIDE = 1024; // pixels: above it there is one canvas aside, that grows
const FEW_ANGLES = 4; // with more, hardly two marks share a stamp

/** @param {Header} header @param {(PathLayer | MarkLayer)[]} layers @returns {Paintable[]} */
export function paintables(header, layers) {
  const shapes = (header.shapes ?? []).map(({ polygon }) => shapeOf(polygon));
  return layers.map((layer) =>
    layer.kind === "paths" ? new PaintedPaths(layer, header.styles) : new PaintedMarks(layer, shapes, header.styles),
  );
}

/** @param {Style} style */
const hasLine = (style) => style.stroke !== null && style.width > 0;

class PaintedPaths {
  /** @param {PathLayer} layer @param {Style[]} styles */
  constructor(layer, styles) {
    this.grid = layer.grid;
    /** @type {Piece[]} */
    this.pieces = pieces(layer, styles).map((run) => {
      const style = styles[run.style];
      const path = new Path2D();
      tracePaths(path, layer, run.from, run.to);
      return { style, path, box: style.opacity < 1 && style.fill && hasLine(style) ? boxOf(layer, run) : null };
    });
  }

  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    const { grid } = this;
    const unit = place.scale / grid;
    for (const { path, style, box } of this.pieces) {
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
      if (!box) lay(context, 0, 0, style.opacity);
      else paintAside(context, onCanvas(box, unit, (style.width * place.scale) / 2, place), style.opacity, lay);
    }
  }
}

class PaintedMarks {
  /** @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Style[]} styles */
  constructor(layer, shapes, styles) {
    this.layer = layer;
    this.shapes = shapes;
    this.styles = styles;
    this.runs = styleRuns(layer.styles);
    this.colors = styles.map(({ fill }) => (fill ? parseInt(fill.slice(1), 16) : null));
    this.largest = largestRadius(layer);
    this.canStamp =
      !this.runs.some((run) => hasLine(styles[run.style])) &&
      distinctAngles(layer, shapes, FEW_ANGLES + 1) <= FEW_ANGLES;
  }

  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    if (this.canStamp && this.largest * place.scale <= SMALL_MARK) this.paintStamped(context, place);
    else for (const run of this.runs) this.paintRun(context, place, run);
  }

  /** @param {Context} context @param {Place} place */
  paintStamped(context, place) {
    const coverage = coverageOf(place.width, place.height);
    for (const { from, to, style } of this.runs) {
      const color = this.colors[style];
      if (color !== null) coverage.paint(this.layer, this.shapes, place, color, this.styles[style].opacity, from, to);
    }
    const { canvas, context: aside } = asideOf(place.width, place.height);
    aside.putImageData(new ImageData(coverage.pixels, place.width, place.height), 0, 0);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.drawImage(canvas, 0, 0, place.width, place.height, 0, 0, place.width, place.height);
  }

  /** @param {Context} context @param {Place} place @param {Run} run */
  paintRun(context, place, run) {
    const style = this.styles[run.style];
    const width = hasLine(style) ? style.width * place.scale : 0;
    /** @param {Context} on @param {number} left @param {number} top @param {(path: Path2D) => void} paint */
    const inPieces = (on, left, top, paint) => {
      on.setTransform(1, 0, 0, 1, -left, -top);
      for (let from = run.from; from < run.to; from += MARKS_PER_PIECE) {
        const path = new Path2D();
        traceMarks(path, this.layer, this.shapes, place, width / 2, from, Math.min(run.to, from + MARKS_PER_PIECE));
        paint(path);
      }
    };
    /** @param {Context} on @param {number} left @param {number} top @param {number} opacity */
    const lay = (on, left, top, opacity) => {
      on.globalAlpha = opacity;
      on.lineWidth = width;
      if (style.fill) {
        on.fillStyle = style.fill;
        inPieces(on, left, top, (path) => on.fill(path));
      }
      if (style.stroke && width > 0) {
        on.strokeStyle = style.stroke;
        inPieces(on, left, top, (path) => on.stroke(path));
      }
    };
    const isWhole = run.to - run.from <= MARKS_PER_PIECE && !(style.fill && width > 0);
    if (style.opacity === 1 || isWhole) lay(context, 0, 0, style.opacity);
    else paintAside(context, onCanvas(boxOfMarks(this.layer, run), place.scale, width / 2, place), style.opacity, lay);
  }
}

/** Of all points, control points too. @param {PathLayer} layer @param {Run} run @returns {Box} in units of the grid */
function boxOf({ points, offsets }, run) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let i = offsets[run.from]; i < offsets[run.to]; i += 1) {
    box.left = Math.min(box.left, points[2 * i]);
    box.right = Math.max(box.right, points[2 * i]);
    box.top = Math.min(box.top, points[2 * i + 1]);
    box.bottom = Math.max(box.bottom, points[2 * i + 1]);
  }
  return box;
}

/** @param {MarkLayer} layer @param {Run} run @returns {Box} in pixels of the picture */
function boxOfMarks({ centers, grid, radii, radiusGrid }, run) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (let mark = run.from; mark < run.to; mark += 1) {
    const x = centers[2 * mark] / grid;
    const y = centers[2 * mark + 1] / grid;
    const radius = radii[mark] / radiusGrid;
    box.left = Math.min(box.left, x - radius);
    box.right = Math.max(box.right, x + radius);
    box.top = Math.min(box.top, y - radius);
    box.bottom = Math.max(box.bottom, y + radius);
  }
  return box;
}

/** The whole pixels of the canvas that a box reaches. @param {Box} box @param {number} unit @param {number} margin @param {Place} place @returns {Box} */
function onCanvas(box, unit, margin, place) {
  return {
    left: Math.max(0, Math.floor(box.left * unit + place.x - margin - 1)),
    top: Math.max(0, Math.floor(box.top * unit + place.y - margin - 1)),
    right: Math.min(place.width, Math.ceil(box.right * unit + place.x + margin + 1)),
    bottom: Math.min(place.height, Math.ceil(box.bottom * unit + place.y + margin + 1)),
  };
}

/** @param {Context} context @param {Box} box @param {number} opacity @param {(on: Context, left: number, top: number, opacity: number) => void} lay */
function paintAside(context, { left, top, right, bottom }, opacity, lay) {
  const width = right - left;
  const height = bottom - top;
  if (width <= 0 || height <= 0) return;
  const { canvas, context: aside } = asideOf(width, height);
  aside.setTransform(1, 0, 0, 1, 0, 0);
  aside.clearRect(0, 0, width, height);
  aside.lineCap = "round";
  aside.lineJoin = "round";
  lay(aside, left, top, 1);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = opacity;
  context.drawImage(canvas, 0, 0, width, height, left, top, width, height);
}

/** @type {Map<number, {canvas: OffscreenCanvas, context: OffscreenCanvasRenderingContext2D}>} */
const asides = new Map();

/**
 * A canvas of at least this size. There is a small one for small shapes, because each time one is laid on, the browser
 * copies the whole canvas.
 * @param {number} width @param {number} height
 */
function asideOf(width, height) {
  const side = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(width, height))));
  const key = Math.min(side, LARGE_ASIDE);
  let found = asides.get(key);
  if (!found) {
    const canvas = new OffscreenCanvas(key, key);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("the browser gives no canvas");
    found = { canvas, context };
    asides.set(key, found);
  }
  const { canvas } = found;
  if (canvas.width < width) canvas.width = width;
  if (canvas.height < height) canvas.height = height;
  return found;
}

/** @type {Coverage | null} */
let coverage = null;

/** Cleared, and kept for the next time: views of a page mostly have the same size. @param {number} width @param {number} height */
function coverageOf(width, height) {
  if (coverage?.width === width && coverage.height === height) coverage.clear();
  else coverage = new Coverage(width, height);
  return coverage;
}
