// @ts-check
/** Where one movement of a hand ends and the next begins: each is one step of undo. */

// Keys that follow each other faster than this are one movement.
const PAUSE_MS = 1000;

export class Movements {
  constructor() {
    this.count = 0;
    /** The movement that each parameter is in. @type {Map<string, number>} */
    this.current = new Map();
    /** What pointers hold. @type {Map<number, string>} */
    this.held = new Map();
    this.lastName = "";
    /** @type {{target: EventTarget | null, time: number}} */
    this.lastKey = { target: null, time: -Infinity };
  }

  /** @param {string} name */
  begin(name) {
    this.lastName = name;
    this.current.set(name, (this.count += 1));
  }

  /** A pointer goes down on a part of a row, and holds it when it is a slider. @param {string} name @param {number} pointer @param {boolean} isSlider */
  press(name, pointer, isSlider) {
    this.lastKey.target = null;
    this.begin(name);
    if (isSlider) this.held.set(pointer, name);
  }

  /** A pointer goes up; what it has held until now, if anything. @param {number} pointer */
  release(pointer) {
    const name = this.held.get(pointer);
    this.held.delete(pointer);
    return name;
  }

  /** @param {string} name */
  isHeld(name) {
    return [...this.held.values()].includes(name);
  }

  /** @param {string} name @param {EventTarget | null} target @param {number} time */
  key(name, target, time) {
    if (target !== this.lastKey.target || time - this.lastKey.time > PAUSE_MS) this.begin(name);
    this.lastKey = { target, time };
  }

  /** The movement that a change belongs to, whatever made it. @param {string} name */
  of(name) {
    if (name !== this.lastName && !this.isHeld(name)) this.begin(name);
    return this.current.get(name) ?? 0;
  }
}
