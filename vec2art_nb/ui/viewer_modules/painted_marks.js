// @ts-check
/**
 * A layer of marks that paints itself, and knows what of it lies where.
 *
 * @import { MarkLayer, Style } from "./wire.js"
 * @import { Place } from "./marks.js"
 * @import { Context } from "./aside.js"
 * @import { Coverage } from "./coverage.js"
 * @import { Box } from "./sinks.js"
 * @import { Found, NodeSink } from "./layers.js"
 * @import { Run } from "./paths.js"
 * @import { StampedShape } from "./stamps.js"
 */

import { onCanvas, paintAside } from "./aside.js";
import { numberOf } from "./coverage.js";
import { distinctAngles, largestRadius, traceMarks } from "./marks.js";
import { hasLine } from "./painted_paths.js";
import { styleRuns } from "./paths.js";

const MARKS_PER_PIECE = 100; // one path of many marks takes twice as long as paths of some
const SMALL_MARK = 8; // pixels of the canvas: up to this radius marks are stamped
const FEW_ANGLES = 4; // with more, hardly two marks share a stamp

export class PaintedMarks {
  /** @param {MarkLayer} layer @param {StampedShape[]} shapes @param {Style[]} styles */
  constructor(layer, shapes, styles) {
    this.layer = layer;
    this.shapes = shapes;
    this.styles = styles;
    this.runs = styleRuns(layer.styles);
    this.colors = styles.map(({ fill }) => (fill ? numberOf(fill) : null));
    this.largest = largestRadius(layer);
    this.canStamp =
      !this.runs.some((run) => hasLine(styles[run.style])) &&
      distinctAngles(layer, shapes, FEW_ANGLES + 1) <= FEW_ANGLES;
  }

  /** @param {Place} place */
  isCovering(place) {
    return this.canStamp && this.largest * place.scale <= SMALL_MARK;
  }

  /** @param {Coverage} coverage @param {Place} place @returns {boolean} whether it is as true as can be */
  cover(coverage, place) {
    for (const { from, to, style } of this.runs) {
      const color = this.colors[style];
      if (color !== null) coverage.paint(this.layer, this.shapes, place, color, this.styles[style].opacity, from, to);
    }
    return true;
  }

  /** @param {Context} context @param {Place} place */
  paint(context, place) {
    for (const run of this.runs) this.paintRun(context, place, run);
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

  /** @param {number} x @param {number} y @param {number} reach in pixels of the picture @returns {Found | null} */
  find(x, y, reach) {
    const { centers, grid, radii, radiusGrid, styles } = this.layer;
    let found = null;
    let least = reach;
    for (let mark = 0; mark < radii.length; mark += 1) {
      const radius = radii[mark] / radiusGrid;
      const away = Math.max(0, Math.hypot(centers[2 * mark] / grid - x, centers[2 * mark + 1] / grid - y) - radius);
      if (away > least) continue;
      least = away;
      found = { kind: /** @type {const} */ ("mark"), index: mark, length: radius, style: this.styles[styles[mark]], distance: away };
    }
    return found;
  }

  /** The middles of the marks. @param {Place} place @param {NodeSink} sink in pixels of the canvas */
  nodes(place, sink) {
    const { centers, grid, radii } = this.layer;
    const unit = place.scale / grid;
    for (let mark = 0; mark < radii.length && !sink.isFull; mark += 1) {
      const x = centers[2 * mark] * unit + place.x;
      const y = centers[2 * mark + 1] * unit + place.y;
      if (x >= 0 && y >= 0 && x <= place.width && y <= place.height) sink.point(x, y);
    }
  }
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
