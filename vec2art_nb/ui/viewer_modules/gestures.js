// @ts-check
/**
 * What hands do on the canvas and on the wipe: drag, wheel, one finger and two, pen, keys.
 *
 * @import { Size, Transform } from "./motion.js"
 * @typedef {{x: number, y: number}} Point
 * @typedef {object} Movable
 * @property {{canvas: HTMLCanvasElement, handle: HTMLElement, stage: HTMLElement}} parts
 * @property {Transform} transform
 * @property {Size} room
 * @property {number} wipe
 * @property {(event: Point) => Point} locate from the window to the pane
 * @property {(transform: Transform) => void} move
 * @property {() => void} fit
 * @property {() => void} oneToOne
 * @property {(wipe: number) => void} setWipe
 * @property {(step: number) => void} blend
 * @property {(step: number) => void} compareNext
 * @property {() => void} toggleNodes
 * @property {(at: Point | null) => void} point
 */

import { REACH, zoomed } from "./motion.js";

const SCROLL_MS = 250; // a wheel that began outside keeps scrolling the page until it has paused this long

/** @param {Movable} view @param {AbortSignal} signal */
export function listenToGestures(view, signal) {
  listenToPointers(view, { signal });
  listenToWheel(view, signal);
  const { canvas, handle, stage } = view.parts;
  canvas.addEventListener("dblclick", () => view.fit(), { signal });
  canvas.addEventListener("keydown", (event) => moveByKey(view, event), { signal });
  /** @param {PointerEvent} event */
  const slide = (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = stage.getBoundingClientRect();
    view.setWipe((event.clientX - box.left) / box.width);
  };
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId), { signal });
  handle.addEventListener("pointermove", slide, { signal });
  handle.addEventListener("keydown", (event) => wipeByKey(view, event), { signal });
}

/** @param {Movable} view @param {AddEventListenerOptions} options */
function listenToPointers(view, options) {
  const { canvas } = view.parts;
  /** @type {Map<number, PointerEvent>} */
  const pointers = new Map();
  /** @param {PointerEvent} event */
  const press = (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  };
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const before = pointers.get(event.pointerId);
    // A finger covers what it points at.
    if (event.pointerType !== "touch") view.point(before ? null : view.locate(event));
    if (!before) return;
    drag(view, before, event, [...pointers.values()].find((other) => other.pointerId !== event.pointerId));
    pointers.set(event.pointerId, event);
  };
  canvas.addEventListener("pointerdown", press, options);
  canvas.addEventListener("pointermove", follow, options);
  canvas.addEventListener("pointerleave", () => view.point(null), options);
  canvas.addEventListener("lostpointercapture", (event) => pointers.delete(event.pointerId), options);
}

/** @param {Movable} view @param {AbortSignal} signal */
function listenToWheel(view, signal) {
  const { stage } = view.parts;
  let scrolledAt = -Infinity;
  /** @param {WheelEvent} event */
  const scroll = (event) => {
    const isScrolling = event.timeStamp - scrolledAt < SCROLL_MS;
    if (isScrolling || !(event.target instanceof Node && stage.contains(event.target))) scrolledAt = event.timeStamp;
  };
  /** @param {WheelEvent} event */
  const wheel = (event) => {
    if (event.timeStamp === scrolledAt) return; // the page is on its way past
    event.preventDefault();
    const { x, y } = view.locate(event);
    view.move(zoomed(view.transform, x, y, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018))));
  };
  window.addEventListener("wheel", scroll, { signal, capture: true, passive: true });
  stage.addEventListener("wheel", wheel, { signal, passive: false });
}

/** @param {Movable} view @param {PointerEvent} before @param {PointerEvent} now @param {PointerEvent | undefined} other */
function drag(view, before, now, other) {
  if (!other) {
    const { scale, x, y } = view.transform;
    view.move({ scale, x: x + now.clientX - before.clientX, y: y + now.clientY - before.clientY });
    return;
  }
  // Two fingers: what lies under the other one stays there, the distance between them sets the scale.
  const still = view.locate(other);
  /** @param {PointerEvent} event */
  const apart = (event) => Math.max(1, Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY));
  view.move(zoomed(view.transform, still.x, still.y, apart(now) / apart(before)));
}

/** @param {Movable} view @param {KeyboardEvent} event */
function moveByKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { scale, x, y } = view.transform;
  /** @param {number} factor */
  const zoom = (factor) => view.move(zoomed(view.transform, view.room.width / 2, view.room.height / 2, factor));
  /** @type {Record<string, () => void>} */
  const keys = {
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    0: () => view.fit(),
    1: () => view.oneToOne(),
    ArrowLeft: () => view.move({ scale, x: x + REACH, y }),
    ArrowRight: () => view.move({ scale, x: x - REACH, y }),
    ArrowUp: () => view.move({ scale, x, y: y + REACH }),
    ArrowDown: () => view.move({ scale, x, y: y - REACH }),
    c: () => view.compareNext(1),
    C: () => view.compareNext(-1),
    n: () => view.toggleNodes(),
    "[": () => view.blend(-0.05),
    "]": () => view.blend(0.05),
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
}

/** @param {Movable} view @param {KeyboardEvent} event */
function wipeByKey(view, event) {
  const step = event.shiftKey ? 0.1 : 0.02;
  /** @type {Record<string, number>} */
  const places = {
    ArrowLeft: view.wipe - step,
    ArrowDown: view.wipe - step,
    ArrowRight: view.wipe + step,
    ArrowUp: view.wipe + step,
    Home: 0,
    End: 1,
  };
  if (!(event.key in places)) return;
  event.preventDefault();
  view.setWipe(places[event.key]);
}
