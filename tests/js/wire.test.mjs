// @ts-check
/** @import { Header, MarkHeader, PathHeader } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeLayers, totals } from "../../vec2art_nb/ui/viewer_modules/wire.js";

/** @param {ArrayBufferView<ArrayBuffer>} array @param {number} shift */
function message(array, shift) {
  // A buffer of a message may begin anywhere in a larger one.
  const whole = new Uint8Array(array.byteLength + shift);
  whole.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), shift);
  return new DataView(whole.buffer, shift, array.byteLength);
}

/** @type {Header} */
const HEADER = {
  format: 1,
  size: [100, 50],
  background: null,
  styles: [0, 1, 2, 3].map((width) => ({ stroke: "#000000", fill: null, width, opacity: 1 })),
  shapes: [
    { name: "circle", polygon: null },
    { name: "line", polygon: [[-1, 0], [1, 0], [1, 0.1]] },
  ],
  layers: [
    { name: "lines", kind: "paths", paths: 2, points: 6, grid: 64, buffers: { points: 0, codes: 1, offsets: 2, styles: 3, closed: 4 } },
    { name: "dots", kind: "marks", marks: 3, grid: 32, radius_grid: 64, buffers: { shapes: 5, centers: 6, radii: 7, angles: 8, styles: 9 } },
  ],
};
const BUFFERS = [
  new Int16Array([0, 0, 64, -64, 128, 0, 5, 6, 7, 8, 9, 10]),
  new Uint8Array([1, 2, 2, 1, 1, 2]),
  new Uint32Array([0, 3, 6]),
  new Uint16Array([3, 0]),
  new Uint8Array([1, 0]),
  new Uint8Array([0, 1, 1]),
  new Int16Array([0, 0, -5, 7, 32767, -32768]),
  new Uint16Array([0, 64, 65535]),
  new Int16Array([0, -11520, 11519]),
  new Uint16Array([1, 1, 2]),
];

/** @param {number} [shift] @param {Record<number, ArrayBufferView<ArrayBuffer>>} [changes] */
const messages = (shift = 0, changes = {}) => BUFFERS.map((array, i) => message(changes[i] ?? array, shift));

test("a frame is decoded wherever its buffers begin", () => {
  for (const shift of [0, 1, 3]) {
    const [paths, marks] = decodeLayers(HEADER, messages(shift));
    assert.deepEqual(paths, { kind: "paths", grid: 64, points: BUFFERS[0], codes: BUFFERS[1], offsets: BUFFERS[2], styles: BUFFERS[3], closed: BUFFERS[4], union: false });
    assert.deepEqual(marks, { kind: "marks", grid: 32, radiusGrid: 64, shapes: BUFFERS[5], centers: BUFFERS[6], radii: BUFFERS[7], angles: BUFFERS[8], styles: BUFFERS[9] });
  }
});

test("what is said of a layer of outlines is passed on", () => {
  const [paths] = decodeLayers({ ...HEADER, layers: [/** @type {PathHeader} */ ({ ...HEADER.layers[0], union: true })] }, messages());
  assert.equal(paths.kind === "paths" && paths.union, true);
});

test("paths, points and marks are counted over all layers", () => {
  assert.deepEqual(totals({ ...HEADER, layers: [...HEADER.layers, ...HEADER.layers] }), { paths: 4, points: 12, marks: 6 });
});

test("what a later version sends is refused in words", () => {
  assert.throws(() => decodeLayers({ ...HEADER, format: 2 }, []), /format 2 is newer.*reload the page/);
  const meshes = /** @type {MarkHeader} */ (/** @type {unknown} */ ({ ...HEADER.layers[1], kind: "meshes" }));
  assert.throws(() => decodeLayers({ ...HEADER, layers: [meshes] }, messages()), /meshes is newer.*reload the page/);
});

test("a buffer that is not as long as the header says is refused by name", () => {
  for (let i = 0; i < BUFFERS.length; i += 1) {
    assert.throws(() => decodeLayers(HEADER, messages(0, { [i]: new Uint8Array(1) })), new RegExp(`buffer ${i} has 1 bytes`));
  }
  assert.throws(() => decodeLayers(HEADER, messages().slice(0, 9)), /layer dots: buffer 9 has no bytes, not 6/);
});

test("a style or a shape that is not there is refused", () => {
  assert.throws(() => decodeLayers(HEADER, messages(0, { 3: new Uint16Array([0, 4]) })), /layer lines: style 4/);
  assert.throws(() => decodeLayers(HEADER, messages(0, { 9: new Uint16Array([0, 4, 0]) })), /layer dots: style 4/);
  assert.throws(() => decodeLayers(HEADER, messages(0, { 5: new Uint8Array([0, 2, 0]) })), /layer dots: shape 2/);
});
