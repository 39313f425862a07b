// @ts-check
/**
 * The layers of a frame, each as something that paints itself.
 *
 * @import { Header, MarkLayer, PathLayer, Style } from "./wire.js"
 * @import { Context } from "./aside.js"
 * @import { Coverage } from "./coverage.js"
 * @import { Place } from "./marks.js"
 * @typedef {{kind: "path" | "mark", index: number, length: number, style: Style, distance: number}} Found
 *   length: of the path, or the mark's radius; both and the distance are pixels of the picture
 * @typedef {{start: (x: number, y: number) => void, point: (x: number, y: number) => void,
 *   handle: (fromX: number, fromY: number, toX: number, toY: number) => void, readonly isFull: boolean}} NodeSink
 * @typedef {{isCovering: (place: Place, isHurried: boolean) => boolean, cover: (coverage: Coverage, place: Place) => boolean,
 *   paint: (context: Context, place: Place) => void, nodes: (place: Place, sink: NodeSink) => void,
 *   find: (x: number, y: number, reach: number) => Found | null}} Paintable
 *   isCovering: whether it now paints itself on numbers, and not with the browser; isHurried: it may be less true, for
 *   something else follows soon; cover says whether that is as true as can be
 */

import { paintCovered } from "./coverage.js";
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

/**
 * Those that follow one another on numbers share them, because each time they are laid on it takes as long as some layers.
 * @param {Context} context of a canvas on which nothing lies yet @param {Place} place @param {Paintable[]} layers @param {boolean} isHurried
 * @returns {boolean} whether all is as true as can be
 */
export function paintLayers(context, place, layers, isHurried) {
  let isTrue = true;
  for (let at = 0; at < layers.length; ) {
    if (layers[at].isCovering(place, isHurried)) {
      paintCovered(context, place, at === 0, (coverage) => {
        for (; at < layers.length && layers[at].isCovering(place, isHurried); at += 1) {
          if (!layers[at].cover(coverage, place)) isTrue = false;
        }
      });
    } else {
      layers[at].paint(context, place);
      at += 1;
    }
  }
  return isTrue;
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
