// @ts-check
/**
 * The layers of a frame, each as something that paints itself.
 *
 * @import { Header, MarkLayer, PathLayer, Style } from "./wire.js"
 * @import { Context } from "./aside.js"
 * @import { Place } from "./marks.js"
 * @typedef {{kind: "path" | "mark", index: number, length: number, style: Style, distance: number}} Found
 *   length: of the path, or the mark's radius; both and the distance are pixels of the picture
 * @typedef {{start: (x: number, y: number) => void, point: (x: number, y: number) => void,
 *   handle: (fromX: number, fromY: number, toX: number, toY: number) => void, readonly isFull: boolean}} NodeSink
 * @typedef {{paint: (context: Context, place: Place, manner: Manner) => boolean, nodes: (place: Place, sink: NodeSink) => void,
 *   find: (x: number, y: number, reach: number) => Found | null}} Paintable
 *   painting says whether it is as true as can be
 * @typedef {{isHurried: boolean, isFirst: boolean}} Manner
 *   isHurried: it may be less true, for something else follows soon; isFirst: nothing lies on the canvas yet
 */

import { PaintedMarks } from "./painted_marks.js";
import { PaintedPaths } from "./painted_paths.js";
import { shapeOf } from "./stamps.js";

/** @param {Header} header @param {(PathLayer | MarkLayer)[]} layers @returns {Paintable[]} */
export function paintables({ shapes = [], styles, size }, layers) {
  const stamped = shapes.map(({ polygon }) => shapeOf(polygon));
  return layers.map((layer) =>
    layer.kind === "paths" ? new PaintedPaths(layer, styles, size) : new PaintedMarks(layer, stamped, styles),
  );
}

/** What lies nearest to a point of the picture; of equals what was painted later. @param {Paintable[]} layers @param {number} x @param {number} y @param {number} reach */
export function findNearest(layers, x, y, reach) {
  /** @type {Found | null} */
  let nearest = null;
  for (const layer of layers) {
    const found = layer.find(x, y, reach);
    if (found && (!nearest || found.distance <= nearest.distance)) nearest = found;
  }
  return nearest;
}
