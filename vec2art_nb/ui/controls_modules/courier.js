// @ts-check
/**
 * When moved values leave for the kernel: one at a time, the newest of each movement, and with the news of what was
 * painted wherever that spares a message of its own.
 *
 * A message costs the page milliseconds (JupyterLab tells everybody that the kernel is busy, then idle). So the next
 * value leaves when the one before has been handled and the viewer has painted, or after `GAP_MS`: a hand that moves
 * what is quick to draw is not held up by a viewer with nothing to paint. It leaves after `EAGER_MS` while the one
 * before is not known to be handled: servers that hold small replies back until the page says something get them off
 * sooner. These two were chosen by the latency benchmark.
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
// A front end that has never told of a message that was handled does not tell; one that has may have lost a message.
export const PATIENCE_MS = 1000;
export const LONG_PATIENCE_MS = 10_000;
// After this a person wants to know why nothing moves.
export const BUSY_MS = 300;
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
   * @param {(isBusy: boolean) => void} show whether the kernel has other things to do
   * @param {Clock} clock
   */
  constructor(send, tell, show, clock = PAGE_CLOCK) {
    this.send = send;
    this.tell = tell;
    this.show = show;
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
    /** Whether this front end has told of a message that was handled, and whether it is known never to. */
    this.hasTold = false;
    this.isDeaf = false;
    this.isBusy = false;
    /** @type {(() => void) | null} */
    this.cancelBusy = null;
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

  /** This front end tells of messages that were handled. */
  hear() {
    this.hasTold = true;
    this.isDeaf = false;
  }

  /** @param {number} serial */
  handled(serial) {
    this.hear();
    this.known = Math.max(this.known, serial);
    if (this.known === this.serial) {
      this.cancelPatience();
      this.cancelBusy?.();
      this.cancelBusy = null;
      this.setBusy(false);
    }
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
    const unhandled = this.isDeaf ? 0 : this.serial - this.known;
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
    this.cancelPatience = this.clock.after(this.hasTold ? LONG_PATIENCE_MS : PATIENCE_MS, () => {
      this.isDeaf = !this.hasTold;
      this.known = this.serial;
      this.leave();
    });
    if (this.hasTold) this.cancelBusy ??= this.clock.after(BUSY_MS, () => this.setBusy(true));
    const { news } = this;
    this.news = null;
    this.cancelNews();
    this.send(this.serial, next, news);
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    if (isBusy === this.isBusy) return;
    this.isBusy = isBusy;
    this.show(isBusy);
  }
}
