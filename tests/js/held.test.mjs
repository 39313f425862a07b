// @ts-check
/** @import { BufferEntry } from "../../vec2art_nb/ui/viewer_modules/held.js" */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { HeldBuffers, unpacked } from "../../vec2art_nb/ui/viewer_modules/held.js";

const SIZE = 100;

/** @param {string} letter */
const bytesOf = (letter) => new Uint8Array(SIZE).fill(letter.charCodeAt(0));

/**
 * A frame of one buffer for each letter; those in capitals come with it, the others should be held.
 * @param {HeldBuffers} held @param {string} letters
 */
async function take(held, letters) {
  /** @type {DataView[]} */
  const message = [];
  /** @type {BufferEntry[]} */
  const entries = [...letters].map((letter) => {
    const comes = letter !== letter.toLowerCase();
    if (comes) message.push(new DataView(bytesOf(letter.toLowerCase()).buffer));
    return { digest: letter.toLowerCase(), bytes: SIZE, coding: "raw", at: comes ? message.length - 1 : null };
  });
  const found = await held.take(entries, message);
  return found && found.map((buffer) => String.fromCharCode(new Uint8Array(buffer)[SIZE - 1])).join("");
}

test("a buffer that came once is there for later frames", async () => {
  const held = new HeldBuffers();
  assert.equal(await take(held, "AB"), "ab");
  assert.equal(await take(held, "bCa"), "bca");
  assert.deepEqual(held.digests, ["b", "c", "a"]);
});

test("a frame with a buffer that is not here is told of as that, and what came with it is kept", async () => {
  const held = new HeldBuffers();
  assert.equal(await take(held, "Ab"), null);
  assert.equal(await take(held, "aB"), "ab");
});

test("memory is bounded, and what was used longest ago goes first", async () => {
  const held = new HeldBuffers(3 * SIZE);
  await take(held, "ABC");
  await take(held, "a");
  await take(held, "D");
  assert.deepEqual(held.digests, ["c", "a", "d"]);
  assert.equal(await take(held, "b"), null);
  for (const letter of "EFGHIJKLMNOP") await take(held, letter);
  assert.equal(held.digests.length, 3);
  assert.equal(held.bytes, 3 * SIZE);
});

test("the buffers of one frame stay together, and a buffer that comes again is held once", async () => {
  const held = new HeldBuffers(SIZE);
  await take(held, "ABC");
  assert.equal(await take(held, "abc"), "abc");
  await take(held, "ABC");
  assert.equal(held.bytes, 3 * SIZE);
});

/** @param {number[]} numbers @param {2 | 4} word @param {number} stride */
function packed(numbers, word, stride) {
  const planes = new Uint8Array(numbers.length * word);
  numbers.forEach((number, i) => {
    const difference = i < stride ? number : number - (stride ? numbers[i - stride] : 0);
    for (let byte = 0; byte < word; byte += 1) planes[byte * numbers.length + i] = (difference >> (8 * byte)) & 255;
  });
  return planes.buffer;
}

test("differences are added up, with carries over all bytes and round the end of the numbers", () => {
  for (const numbers of [[1, 2, 3, 300, 299, 70, -5, -4], [32767, -32768, -1, 0, 32767, 32767], []]) {
    for (const stride of [0, 1, 2]) {
      assert.deepEqual([...new Int16Array(unpacked(packed(numbers, 2, stride), 2, stride))], numbers);
      assert.deepEqual([...new Int32Array(unpacked(packed(numbers, 4, stride), 4, stride))], numbers);
    }
  }
  const large = [0, 70_000, 2 ** 31 - 1, -(2 ** 31), 5];
  assert.deepEqual([...new Int32Array(unpacked(packed(large, 4, 1), 4, 1))], large);
});

test("a deflated buffer is inflated, also where it begins in the middle of a message", async () => {
  const numbers = Array.from({ length: 5000 }, (_, i) => Math.floor(900 * Math.sin(i / 50)));
  const packet = deflateSync(new Uint8Array(packed(numbers, 2, 2)));
  const whole = new Uint8Array(packet.length + 7);
  whole.set(packet, 7);
  const entry = { digest: "d", bytes: 10_000, coding: /** @type {const} */ ("deflate"), at: 0, word: 2, stride: 2 };
  const held = new HeldBuffers();
  const found = await held.take([entry], [new DataView(whole.buffer, 7)]);
  assert.ok(found);
  assert.deepEqual([...new Int16Array(found[0])], numbers);
});

test("a buffer of another length than was said, or none at all, is refused", async () => {
  const held = new HeldBuffers();
  const entry = { digest: "d", bytes: 9, coding: /** @type {const} */ ("raw"), at: 0 };
  await assert.rejects(held.take([entry], [new DataView(new ArrayBuffer(8))]), /8 bytes, not 9/);
  await assert.rejects(held.take([{ ...entry, at: 1 }], []), /without one of its buffers/);
  assert.deepEqual(held.digests, []);
});
