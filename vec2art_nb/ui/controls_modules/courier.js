// @ts-check
/**
 * When moved values leave for the kernel: one at a time, the newest of each movement, and with the news of what was
 * painted wherever that spares a message of its own.
 *
 * A message costs the page milliseconds (JupyterLab tells everybody that the kernel is busy, then idle). So the next
 * value leaves when the one before has been handled and the viewer has painted, or after `GAP_MS`: a hand that moves
 * what is quick to draw is not held up by a viewer with nothing to paint. It leaves after `EAGER_MS` while the one
 * before is not known to be handled: servers that hold small replies back until the page says something get them off
 * sooner. All three were chosen by the latency benchmark.
 *
 * @import { Value } from "./values.js"
 * @typedef {{gesture: number, backend: string, name: string, value: Value}} Move
 * @typedef {{number: number, milliseconds: number}} Painted
 * @typedef {{now: () => number, after: (milliseconds: number, act: () => void) => (() => void)}} Clock after: gives what cancels it
 */

export const GAP_MS = 50;
export const EAGER_MS = 20;
// A kernel that is busy is told no more than this many, and then the last.
export const MOST_UNHANDLED = 4;
// For what a front end forgets to tell.
export const PATIENCE_MS = 1000;
// What was painted waits so long for a value to go with, while a hand moves: a little more than there is between events.
export const NEWS_MS = 16;

/** @type {Clock} */
const PAGE_CLOCK = {
  now: () => performance.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
};

export class Courier {
  /**
   * @param {(serial: number, move: Move, painted: Painted | null) => void} send
   * @param {(painted: Painted) => void} tell what was painted, when no value goes
   * @param {Clock} clock
   */
  constructor(send, tell, clock = PAGE_CLOCK) {
    this.send = send;
    this.tell = tell;
    this.clock = clock;
    /** The newest of each movement. @type {Map<number, Move>} */
    this.waiting = new Map();
    /** The last serial that left for each parameter. @type {Map<string, number>} */
    this.lastOf = new Map();
    this.serial = 0;
    /** The last serial that was handled. */
    this.known = 0;
    this.movedAt = -Infinity;
    this.leftAt = -Infinity;
    this.isPainted = false;
    /** What was painted last and waits for the next value. @type {Painted | null} */
    this.news = null;
    this.cancelNews = () => {};
    /** Whether this front end tells when a message has been handled, as far as is known. */
    this.isTold = true;
    /** @type {(() => void) | null} */
    this.cancelWake = null;
    this.cancelPatience = () => {};
  }

  /** @param {Move} move */
  put(move) {
    this.waiting.set(move.gesture, move);
    this.movedAt = this.clock.now();
    this.leave();
  }

  /** A frame has been painted; whether this sees to its acknowledgement. @param {Painted} painted */
  painted(painted) {
    this.isPainted = true;
    if (this.clock.now() - this.movedAt > NEWS_MS && this.waiting.size === 0) return false;
    this.cancelNews();
    this.news = painted; // frames keep their order, so this is news of those before
    this.cancelNews = this.clock.after(NEWS_MS, () => {
      if (this.news) this.tell(this.news);
      this.news = null;
    });
    this.leave();
    return true;
  }

  /** @param {number} serial */
  handled(serial) {
    this.isTold = true;
    this.known = Math.max(this.known, serial);
    if (this.known === this.serial) this.cancelPatience();
    this.leave();
  }

  /** Whether something newer of a parameter is on its way than what the kernel had seen. @param {string} name @param {number} seen */
  isAhead(name, seen) {
    return (this.lastOf.get(name) ?? 0) > seen || [...this.waiting.values()].some((move) => move.name === name);
  }

  /** Forget what has not left, of one parameter or of all. @param {string} [name] */
  forget(name) {
    for (const [gesture, move] of this.waiting) if (!name || move.name === name) this.waiting.delete(gesture);
  }

  /** Send what is next, if it may leave. */
  leave() {
    const [next] = this.waiting.values();
    const unhandled = this.isTold ? this.serial - this.known : 0;
    if (!next || unhandled >= MOST_UNHANDLED) return;
    const gap = unhandled > 0 ? EAGER_MS : this.isPainted ? 0 : GAP_MS;
    const wait = this.leftAt + gap - this.clock.now();
    if (wait > 0) {
      this.cancelWake ??= this.clock.after(wait, () => {
        this.cancelWake = null;
        this.leave();
      });
      return;
    }
    this.cancelWake?.();
    this.cancelWake = null;
    this.waiting.delete(next.gesture);
    this.serial += 1;
    this.lastOf.set(next.name, this.serial);
    this.leftAt = this.clock.now();
    this.isPainted = false;
    this.cancelPatience();
    this.cancelPatience = this.clock.after(PATIENCE_MS, () => {
      this.isTold = false;
      this.leave();
    });
    const { news } = this;
    this.news = null;
    this.cancelNews();
    this.send(this.serial, next, news);
  }
}
