// @ts-check
/** @import { MarkHeader, PathHeader, WireHeader } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Decoder, totals } from "../../vec2art_nb/ui/viewer_modules/wire.js";

/** @param {ArrayBufferView<ArrayBuffer>} array @param {number} shift */
function message(array, shift) {
  // A buffer of a message may begin anywhere in a larger one.
  const whole = new Uint8Array(array.byteLength + shift);
  whole.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), shift);
  return new DataView(whole.buffer, shift, array.byteLength);
}

/** @type {WireHeader} */
const HEADER = {
  format: 2,
  size: [100, 50],
  background: null,
  styles: { count: 4, buffer: 10 },
  shapes: [
    { name: "circle", polygon: null },
    { name: "line", polygon: [[-1, 0], [1, 0], [1, 0.1]] },
  ],
  layers: [
    { name: "lines", kind: "paths", paths: 2, points: 6, grid: 64, buffers: { points: 0, codes: 1, offsets: 2, styles: 3, closed: 4 } },
    { name: "dots", kind: "marks", marks: 3, grid: 32, radius_grid: 64, buffers: { shapes: 5, centers: 6, radii: 7, angles: 8, styles: 9 } },
  ],
  buffers: [],
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
  styleTable([0, 1, 2, 3].map((width) => [0x0a0b0c, 0xffffffff, width, 0.5])),
];

/** @param {number[][]} rows stroke, fill, width, opacity */
function styleTable(rows) {
  const table = new DataView(new ArrayBuffer(16 * rows.length));
  rows.forEach(([stroke, fill, width, opacity], i) => {
    table.setUint32(16 * i, stroke, true);
    table.setUint32(16 * i + 4, fill, true);
    table.setFloat32(16 * i + 8, width, true);
    table.setFloat32(16 * i + 12, opacity, true);
  });
  return table;
}

/** @param {number} [shift] @param {Record<number, ArrayBufferView<ArrayBuffer>>} [changes] */
const messages = (shift = 0, changes = {}) => BUFFERS.map((array, i) => message(changes[i] ?? array, shift));

/**
 * Has a decoder take a frame whose buffers all come with it, each under the name of its bytes.
 * @param {DataView[]} views @param {Partial<WireHeader>} [changes]
 */
async function decoded(views, changes = {}, decoder = new Decoder()) {
  const buffers = views.map((view, at) => {
    const digest = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("hex");
    return { digest, bytes: view.byteLength, coding: /** @type {const} */ ("raw"), at };
  });
  const found = await decoder.decode({ ...HEADER, buffers, ...changes }, views);
  assert.ok(found);
  return found;
}

test("a frame is decoded wherever its buffers begin", async () => {
  for (const shift of [0, 1, 3]) {
    const { header, layers: [paths, marks] } = await decoded(messages(shift));
    assert.deepEqual(paths, { kind: "paths", grid: 64, points: BUFFERS[0], codes: BUFFERS[1], offsets: BUFFERS[2], styles: BUFFERS[3], closed: BUFFERS[4], union: false });
    assert.deepEqual(marks, { kind: "marks", grid: 32, radiusGrid: 64, shapes: BUFFERS[5], centers: BUFFERS[6], radii: BUFFERS[7], angles: BUFFERS[8], styles: BUFFERS[9] });
    assert.deepEqual(header.styles[2], { stroke: "#0a0b0c", fill: null, width: 2, opacity: 0.5 });
    assert.deepEqual([header.size, header.shapes?.length], [[100, 50], 2]);
  }
});

test("what is said of a layer of outlines is passed on, and wide coordinates are read as such", async () => {
  const layer = /** @type {PathHeader} */ ({ ...HEADER.layers[0], union: true, wide: true });
  const points = new Int32Array([0, 0, 64, -64, 1e6, 0, 5, 6, 7, 8, 9, -1e9]);
  const { layers: [paths] } = await decoded(messages(0, { 0: points }), { layers: [layer] });
  assert.ok(paths.kind === "paths");
  assert.equal(paths.union, true);
  assert.deepEqual(paths.points, points);
});

test("a layer that has not changed is the same object, and any change makes it another", async () => {
  const decoder = new Decoder();
  const first = await decoded(messages(), {}, decoder);
  const recolored = styleTable([0, 1, 2, 3].map((width) => [0xff0000, 0x00ff00, width, 1]));
  const second = await decoded(messages(0, { 10: recolored }), {}, decoder);
  assert.equal(second.layers[0], first.layers[0]);
  assert.equal(second.layers[1], first.layers[1]);
  assert.equal(second.header.styles[0].stroke, "#ff0000");
  const third = await decoded(messages(0, { 4: new Uint8Array([1, 1]) }), {}, decoder);
  assert.notEqual(third.layers[0], first.layers[0]);
  assert.equal(third.layers[1], first.layers[1]);
  const finer = await decoded(messages(), { layers: [{ ...HEADER.layers[0], grid: 32 }, HEADER.layers[1]] }, decoder);
  assert.notEqual(finer.layers[0], third.layers[0]);
  assert.equal(finer.layers[0].grid, 32);
});

test("paths, points and marks are counted over all layers", () => {
  assert.deepEqual(totals({ ...HEADER, layers: [...HEADER.layers, ...HEADER.layers] }), { paths: 4, points: 12, marks: 6 });
});

test("what a later version sends is refused in words", async () => {
  await assert.rejects(decoded([], { format: 3 }), /format 3 is newer.*reload the page/);
  const meshes = /** @type {MarkHeader} */ (/** @type {unknown} */ ({ ...HEADER.layers[1], kind: "meshes" }));
  await assert.rejects(decoded(messages(), { layers: [meshes] }), /meshes is newer.*reload the page/);
});

test("a buffer that is not as long as the header says is refused by name", async () => {
  for (let i = 0; i < BUFFERS.length; i += 1) {
    await assert.rejects(decoded(messages(0, { [i]: new Uint8Array(1) })), new RegExp(`buffer ${i} has 1 bytes`));
  }
  const layer = /** @type {MarkHeader} */ (HEADER.layers[1]);
  const layers = [{ ...layer, buffers: { ...layer.buffers, styles: 99 } }];
  await assert.rejects(decoded(messages(), { layers }), /layer dots: buffer 99 has no bytes, not 6/);
});

test("a style or a shape that is not there is refused", async () => {
  await assert.rejects(decoded(messages(0, { 3: new Uint16Array([0, 4]) })), /layer lines: style 4/);
  await assert.rejects(decoded(messages(0, { 9: new Uint16Array([0, 4, 0]) })), /layer dots: style 4/);
  await assert.rejects(decoded(messages(0, { 5: new Uint8Array([0, 2, 0]) })), /layer dots: shape 2/);
});
