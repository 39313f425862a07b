// @ts-check
/**
 * Frames as the kernel sends them: a header in JSON and flat little-endian arrays. `drawing/wire.py` is the other side.
 *
 * @typedef {{stroke: string | null, fill: string | null, width: number, opacity: number}} Style
 * @typedef {[number, number][] | null} Polygon corners, the farthest at distance 1 from the origin; null is a circle
 * @typedef {{name: string, polygon: Polygon}} Shape
 * @typedef {{points: number, codes: number, offsets: number, styles: number, closed: number}} PathBuffers
 * @typedef {{shapes: number, centers: number, radii: number, angles: number, styles: number}} MarkBuffers
 * @typedef {{name: string, kind: "paths", paths: number, points: number, grid: number, union?: boolean,
 *   buffers: PathBuffers}} PathHeader union: all paths turn the same way everywhere, so that their fills add up
 * @typedef {{name: string, kind: "marks", marks: number, grid: number, radius_grid: number, buffers: MarkBuffers}} MarkHeader
 * @typedef {{format: number, size: [number, number], background: string | null, styles: Style[], shapes?: Shape[],
 *   layers: (PathHeader | MarkHeader)[]}} Header
 * @typedef {{kind: "paths", grid: number, points: Int16Array, codes: Uint8Array, offsets: Uint32Array,
 *   styles: Uint16Array, closed: Uint8Array, union: boolean}} PathLayer points × 1 / grid are pixels of the picture
 * @typedef {{kind: "marks", grid: number, radiusGrid: number, shapes: Uint8Array, centers: Int16Array,
 *   radii: Uint16Array, angles: Int16Array, styles: Uint16Array}} MarkLayer angles in 1/64 of a degree, clockwise
 * @typedef {{paths: number, points: number, marks: number}} Counts
 */

const FORMAT = 1;

/** @param {Header} header @param {DataView[]} buffers @returns {(PathLayer | MarkLayer)[]} */
export function decodeLayers(header, buffers) {
  if (header.format !== FORMAT) throw newer(`frame format ${header.format}`);
  return header.layers.map((layer) => {
    if (layer.kind === "paths") return decodePaths(layer, header.styles.length, buffers);
    if (layer.kind === "marks") return decodeMarks(layer, header, buffers);
    throw newer(`a layer of ${/** @type {{kind: string}} */ (layer).kind}`);
  });
}

/** How much there is in all layers. @param {Header} header @returns {Counts} */
export function totals({ layers }) {
  const sum = { paths: 0, points: 0, marks: 0 };
  for (const layer of layers) {
    if (layer.kind === "marks") sum.marks += layer.marks;
    else {
      sum.paths += layer.paths;
      sum.points += layer.points;
    }
  }
  return sum;
}

/** @param {PathHeader} header @param {number} styles @param {DataView[]} buffers @returns {PathLayer} */
function decodePaths({ name, paths, points, grid, union = false, buffers: at }, styles, buffers) {
  const array = reader(name, buffers);
  return {
    kind: "paths",
    grid,
    points: array(Int16Array, at.points, 2 * points),
    codes: array(Uint8Array, at.codes, points),
    offsets: array(Uint32Array, at.offsets, paths + 1),
    styles: within(name, array(Uint16Array, at.styles, paths), styles, "style"),
    closed: array(Uint8Array, at.closed, paths),
    union,
  };
}

/** @param {MarkHeader} layer @param {Header} header @param {DataView[]} buffers @returns {MarkLayer} */
function decodeMarks({ name, marks, grid, radius_grid: radiusGrid, buffers: at }, header, buffers) {
  const array = reader(name, buffers);
  return {
    kind: "marks",
    grid,
    radiusGrid,
    shapes: within(name, array(Uint8Array, at.shapes, marks), header.shapes?.length ?? 0, "shape"),
    centers: array(Int16Array, at.centers, 2 * marks),
    radii: array(Uint16Array, at.radii, marks),
    angles: array(Int16Array, at.angles, marks),
    styles: within(name, array(Uint16Array, at.styles, marks), header.styles.length, "style"),
  };
}

/** @param {string} what */
function newer(what) {
  return new Error(`${what} is newer than this viewer: reload the page`);
}

/** Gives arrays of a layer, each of the length that the header tells. @param {string} layer @param {DataView[]} buffers */
function reader(layer, buffers) {
  /**
   * @template {Int16Array | Uint8Array | Uint16Array | Uint32Array} T
   * @param {{new (buffer: ArrayBuffer): T, BYTES_PER_ELEMENT: number}} kind @param {number} index @param {number} length
   * @returns {T} a copy, because a view into a message need not be aligned
   */
  return (kind, index, length) => {
    const view = buffers[index];
    const wanted = length * kind.BYTES_PER_ELEMENT;
    if (view?.byteLength !== wanted) {
      throw new Error(`layer ${layer}: buffer ${index} has ${view?.byteLength ?? "no"} bytes, not ${wanted}`);
    }
    return new kind(/** @type {ArrayBuffer} */ (view.buffer.slice(view.byteOffset, view.byteOffset + wanted)));
  };
}

/**
 * @template {Uint8Array | Uint16Array} T
 * @param {string} layer @param {T} indices @param {number} count @param {string} what
 */
function within(layer, indices, count, what) {
  for (let i = 0; i < indices.length; i += 1) {
    if (indices[i] >= count) throw new Error(`layer ${layer}: ${what} ${indices[i]} is used, but there are ${count}`);
  }
  return indices;
}
