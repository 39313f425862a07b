// @ts-check
/**
 * Frames as the kernel sends them: a header in JSON and flat little-endian arrays. `drawing/wire.py` is the other side.
 *
 * @import { BufferEntry } from "./held.js"
 * @typedef {{stroke: string | null, fill: string | null, width: number, opacity: number}} Style
 * @typedef {[number, number][] | null} Polygon corners, the farthest at distance 1 from the origin; null is a circle
 * @typedef {{name: string, polygon: Polygon}} Shape
 * @typedef {{points: number, codes: number, offsets: number, styles: number, closed: number}} PathBuffers
 * @typedef {{shapes: number, centers: number, radii: number, angles: number, styles: number}} MarkBuffers
 * @typedef {{name: string, kind: "paths", paths: number, points: number, grid: number, union?: boolean, wide?: boolean,
 *   buffers: PathBuffers}} PathHeader union: all paths turn the same way everywhere, so that their fills add up;
 *   wide: coordinates of 32 bits
 * @typedef {{name: string, kind: "marks", marks: number, grid: number, radius_grid: number, wide?: boolean,
 *   buffers: MarkBuffers}} MarkHeader
 * @typedef {{format: number, size: [number, number], background: string | null, shapes?: Shape[],
 *   layers: (PathHeader | MarkHeader)[]}} Page
 * @typedef {Page & {styles: {count: number, buffer: number}, buffers: BufferEntry[]}} WireHeader as it comes
 * @typedef {Page & {styles: Style[]}} Header
 * @typedef {{kind: "paths", grid: number, points: Int16Array | Int32Array, codes: Uint8Array, offsets: Uint32Array,
 *   styles: Uint16Array, closed: Uint8Array, union: boolean}} PathLayer points × 1 / grid are pixels of the picture
 * @typedef {{kind: "marks", grid: number, radiusGrid: number, shapes: Uint8Array, centers: Int16Array | Int32Array,
 *   radii: Uint16Array, angles: Int16Array, styles: Uint16Array}} MarkLayer angles in 1/64 of a degree, clockwise
 * @typedef {{paths: number, points: number, marks: number}} Counts
 * @typedef {{header: Header, layers: (PathLayer | MarkLayer)[]}} Decoded
 */

import { HeldBuffers } from "./held.js";

const FORMAT = 2;
const STYLE_WORDS = 4;
const NO_COLOR = 0xffffffff;

/** Decodes the frames of one connection, one after the other. */
export class Decoder {
  constructor(held = new HeldBuffers()) {
    this.held = held;
    /** The layers of the last frame, by everything that is in them. @type {Map<string, PathLayer | MarkLayer>} */
    this.layers = new Map();
  }

  /**
   * A layer that was in the last frame too is the same object.
   * @param {WireHeader} wire @param {DataView[]} message
   * @returns {Promise<Decoded | null>} null when a buffer is not here that should be
   */
  async decode(wire, message) {
    if (wire.format !== FORMAT) throw newer(`frame format ${wire.format}`);
    const buffers = await this.held.take(wire.buffers, message);
    if (!buffers) return null;
    const styles = decodeStyles(wire, buffers);
    /** @type {Header} */
    const header = { format: wire.format, size: wire.size, background: wire.background, styles, layers: wire.layers };
    if (wire.shapes) header.shapes = wire.shapes;
    const before = this.layers;
    this.layers = new Map();
    const layers = wire.layers.map((layer) => {
      const key = keyOf(layer, wire);
      const decoded = before.get(key) ?? this.layers.get(key) ?? decodeLayer(layer, header, buffers);
      this.layers.set(key, decoded);
      return decoded;
    });
    return { header, layers };
  }
}

/** How much there is in all layers. @param {Page} page @returns {Counts} */
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

/** Everything that a decoded layer depends on. @param {PathHeader | MarkHeader} layer @param {WireHeader} wire */
function keyOf(layer, wire) {
  const digests = Object.values(layer.buffers).map((at) => wire.buffers[at]?.digest);
  return JSON.stringify([{ ...layer, buffers: digests }, wire.styles.count, wire.shapes?.length]);
}

/** @param {WireHeader} wire @param {ArrayBuffer[]} buffers @returns {Style[]} */
function decodeStyles({ styles: { count, buffer } }, buffers) {
  const words = arrayOf("styles", buffers, Uint32Array, buffer, STYLE_WORDS * count);
  const numbers = new Float32Array(words.buffer);
  return Array.from({ length: count }, (_, i) => {
    const [stroke, fill] = [words[STYLE_WORDS * i], words[STYLE_WORDS * i + 1]].map(colorOf);
    return { stroke, fill, width: numbers[STYLE_WORDS * i + 2], opacity: numbers[STYLE_WORDS * i + 3] };
  });
}

/** @param {number} color */
function colorOf(color) {
  return color === NO_COLOR ? null : `#${color.toString(16).padStart(6, "0")}`;
}

/** @param {PathHeader | MarkHeader} layer @param {Header} header @param {ArrayBuffer[]} buffers */
function decodeLayer(layer, header, buffers) {
  if (layer.kind === "paths") return decodePaths(layer, header.styles.length, buffers);
  if (layer.kind === "marks") return decodeMarks(layer, header, buffers);
  throw newer(`a layer of ${/** @type {{kind: string}} */ (layer).kind}`);
}

/** @param {PathHeader} header @param {number} styles @param {ArrayBuffer[]} buffers @returns {PathLayer} */
function decodePaths({ name, paths, points, grid, union = false, wide, buffers: at }, styles, buffers) {
  return {
    kind: "paths",
    grid,
    points: coordinates(name, buffers, wide, at.points, points),
    codes: arrayOf(name, buffers, Uint8Array, at.codes, points),
    offsets: arrayOf(name, buffers, Uint32Array, at.offsets, paths + 1),
    styles: within(name, arrayOf(name, buffers, Uint16Array, at.styles, paths), styles, "style"),
    closed: arrayOf(name, buffers, Uint8Array, at.closed, paths),
    union,
  };
}

/** @param {MarkHeader} layer @param {Header} header @param {ArrayBuffer[]} buffers @returns {MarkLayer} */
function decodeMarks({ name, marks, grid, radius_grid: radiusGrid, wide, buffers: at }, header, buffers) {
  const shapes = arrayOf(name, buffers, Uint8Array, at.shapes, marks);
  return {
    kind: "marks",
    grid,
    radiusGrid,
    shapes: within(name, shapes, header.shapes?.length ?? 0, "shape"),
    centers: coordinates(name, buffers, wide, at.centers, marks),
    radii: arrayOf(name, buffers, Uint16Array, at.radii, marks),
    angles: arrayOf(name, buffers, Int16Array, at.angles, marks),
    styles: within(name, arrayOf(name, buffers, Uint16Array, at.styles, marks), header.styles.length, "style"),
  };
}

/** @param {string} layer @param {ArrayBuffer[]} buffers @param {boolean | undefined} wide @param {number} index @param {number} count */
function coordinates(layer, buffers, wide, index, count) {
  return wide
    ? arrayOf(layer, buffers, Int32Array, index, 2 * count)
    : arrayOf(layer, buffers, Int16Array, index, 2 * count);
}

/** @param {string} what */
function newer(what) {
  return new Error(`${what} is newer than this viewer: reload the page`);
}

/**
 * An array of a layer, of the length that the header tells.
 * @template {Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array} T
 * @param {string} layer @param {ArrayBuffer[]} buffers @param {{new (buffer: ArrayBuffer): T, BYTES_PER_ELEMENT: number}} kind
 * @param {number} index @param {number} length @returns {T}
 */
function arrayOf(layer, buffers, kind, index, length) {
  const buffer = buffers[index];
  const wanted = length * kind.BYTES_PER_ELEMENT;
  if (buffer?.byteLength !== wanted) {
    throw new Error(`layer ${layer}: buffer ${index} has ${buffer?.byteLength ?? "no"} bytes, not ${wanted}`);
  }
  return new kind(buffer);
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
