// @ts-check
/**
 * Buffers that frames consist of. Each is sent once and held; `drawing/held.py` counts on half as many bytes.
 *
 * @typedef {{digest: string, bytes: number, coding: "raw" | "deflate", at: number | null, word?: number,
 *   stride?: number}} BufferEntry at: its place in the message, null when it is held here; word, stride: see unpacked
 */

const HELD_BYTES = 64 << 20;

export class HeldBuffers {
  constructor(limit = HELD_BYTES) {
    this.limit = limit;
    this.bytes = 0;
    /** By digest, those used lately last. @type {Map<string, ArrayBuffer>} */
    this.buffers = new Map();
  }

  get digests() {
    return [...this.buffers.keys()];
  }

  /**
   * The buffers of a frame, and hold them. They are shared by all frames that have them, so nobody may write to them
   * or give them away.
   * @param {BufferEntry[]} entries @param {DataView[]} message
   * @returns {Promise<ArrayBuffer[] | null>} null when one should be held and is not
   */
  async take(entries, message) {
    const come = await Promise.all(entries.map((entry) => (entry.at === null ? null : received(entry, message[entry.at]))));
    const found = entries.map(({ digest }, i) => {
      const buffer = come[i] ?? this.buffers.get(digest) ?? null;
      if (buffer) this.hold(digest, buffer);
      return buffer;
    });
    for (const [digest, buffer] of this.buffers) {
      if (this.bytes <= this.limit || this.buffers.size <= entries.length) break;
      this.buffers.delete(digest);
      this.bytes -= buffer.byteLength;
    }
    return found.every((buffer) => buffer !== null) ? found : null;
  }

  /** @param {string} digest @param {ArrayBuffer} buffer */
  hold(digest, buffer) {
    if (!this.buffers.delete(digest)) this.bytes += buffer.byteLength;
    this.buffers.set(digest, buffer);
  }
}

/** @param {BufferEntry} entry @param {DataView | undefined} view */
async function received({ coding, bytes, word = 1, stride = 0 }, view) {
  if (!view) throw new Error("a frame came without one of its buffers");
  const buffer = coding === "raw" ? copied(view) : unpacked(await inflated(view), word, stride);
  if (buffer.byteLength !== bytes) throw new Error(`a buffer has ${buffer.byteLength} bytes, not ${bytes}`);
  return buffer;
}

/** A view into a message need not be aligned, and would keep the whole message. @param {DataView} view */
function copied(view) {
  return /** @type {ArrayBuffer} */ (view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/** @param {DataView} view @returns {Promise<ArrayBuffer>} */
function inflated(view) {
  const packed = new Blob([/** @type {DataView<ArrayBuffer>} */ (view)]).stream();
  return new Response(packed.pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
}

/**
 * Numbers of so many bytes, from their low bytes, then their next ones, …; each the difference to the one that stands
 * a stride before it.
 * @param {ArrayBuffer} packed @param {number} word @param {number} stride
 */
export function unpacked(packed, word, stride) {
  if (word === 1) return packed;
  const planes = new Uint8Array(packed);
  const numbers = word === 2 ? new Uint16Array(packed.byteLength / 2) : new Uint32Array(packed.byteLength / 4);
  const { length } = numbers;
  for (let i = 0; i < length; i += 1) {
    let number = planes[i] | (planes[length + i] << 8);
    if (word === 4) number |= (planes[2 * length + i] << 16) | (planes[3 * length + i] << 24);
    // The arrays take the sum modulo their size, as the differences are.
    numbers[i] = stride && i >= stride ? number + numbers[i - stride] : number;
  }
  return numbers.buffer;
}
