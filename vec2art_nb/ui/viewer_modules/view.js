// @ts-check
/**
 * One view of a model: the stage with its canvas, and the line below that says what is shown.
 * What is pure display (zoom, pan, ways of comparing) never goes to the kernel.
 *
 * @import { Connection } from "./connection.js"
 * @import { Point } from "./gestures.js"
 * @import { Size, Transform } from "./motion.js"
 * @import { Pane, Way } from "./panes.js"
 * @import { State } from "./words.js"
 */

import { listenToGestures } from "./gestures.js";
import { centred, fitted, held } from "./motion.js";
import { nextWay, paneAt, panesOf } from "./panes.js";
import { buildParts } from "./parts.js";
import { Readout } from "./readout.js";
import { Sheet } from "./sheet.js";
import { tell, tellPointed } from "./telling.js";

const REST_MS = 140;
const GAP = 2; // CSS pixels between two panes

export class View {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.model = connection.model;
    this.el = el;
    this.signal = signal;
    /** @type {Transform} */
    this.transform = { scale: 1, x: 0, y: 0 };
    /** The canvas in its pixels, and how many of them are one of CSS. */
    this.canvas = { width: 0, height: 0 };
    this.ratio = 1;
    /** @type {Pane[]} */
    this.panes = [];
    /** A pane in CSS pixels. @type {Size} */
    this.room = { width: 0, height: 0 };
    this.isFitted = true;
    this.isMoving = false;
    this.isLive = true;
    this.isKernelBusy = false;
    this.isComparing = true;
    /** @type {Way} */
    this.way = "wipe";
    this.wipe = 0.5;
    this.onion = 0.5;
    this.hasNodes = false;
    this.told = { nodes: 0, difference: NaN };
    /** Where the pointer is, within a pane. @type {Point | null} */
    this.pointed = null;
    this.animation = 0;
    this.rest = 0;
    /** @type {HTMLElement | null} */
    this.studio = null;
    this.marked = new MutationObserver(() => this.checkLive());

    this.readout = new Readout();
    this.parts = buildParts(this.readout.root);
    this.sheet = new Sheet(this.parts.canvas);
    el.append(this.parts.root);
    listenToGestures(this, signal);
    this.listenToFooter();
    this.listenToSurroundings();
    this.tell();
  }

  listenToFooter() {
    const { parts, signal } = this;
    const { compare, way, onion, nodes, fit, one } = parts;
    compare.addEventListener("click", () => this.compare(this.isComparing ? "none" : this.way), { signal });
    way.addEventListener("change", () => this.compare(/** @type {Way} */ (way.value)), { signal });
    onion.addEventListener("input", () => this.blend(onion.valueAsNumber / 100 - this.onion), { signal });
    nodes.addEventListener("click", () => this.toggleNodes(), { signal });
    fit.addEventListener("click", () => this.fit(), { signal });
    one.addEventListener("click", () => this.oneToOne(), { signal });
  }

  listenToSurroundings() {
    const { signal } = this;
    const resized = new ResizeObserver(([entry]) => this.resize(entry));
    try {
      resized.observe(this.parts.canvas, { box: "device-pixel-content-box" });
    } catch {
      resized.observe(this.parts.canvas); // Safari knows no pixels
    }
    // A windowed notebook takes cells out of the page and puts them back.
    const seen = new IntersectionObserver(() => this.schedule());
    seen.observe(this.parts.stage);
    document.addEventListener("visibilitychange", () => this.schedule(), { signal });
    window.addEventListener("resize", () => this.schedule(), { signal });
    signal.addEventListener("abort", () => {
      resized.disconnect();
      seen.disconnect();
      cancelAnimationFrame(this.animation);
      clearTimeout(this.rest);
      clearTimeout(this.sheet.rest);
      this.marked.disconnect();
      this.parts.root.remove();
    });
  }

  /** @param {HTMLElement} studio */
  listenToStudio(studio) {
    this.marked.observe(studio, { attributes: true, attributeFilter: ["class"] });
    studio.addEventListener("v2a-busy", (event) => {
      this.isKernelBusy = event instanceof CustomEvent && event.detail === true;
      this.tell();
    }, { signal: this.signal });
  }

  /** @returns {State} */
  get state() {
    if (!this.isLive) return "gone";
    const { state } = this.connection;
    return state === "settled" && this.isKernelBusy ? "busy" : state;
  }

  /** @returns {Size} */
  get picture() {
    return { width: this.model.get("width"), height: this.model.get("height") };
  }

  /** How it is compared now. @returns {Way} */
  get shownWay() {
    return this.isComparing ? this.way : "none";
  }

  // --- moving about ---

  /** @param {Transform} transform */
  move(transform) {
    this.isFitted = false;
    this.transform = held(transform, this.picture, this.room);
    this.isMoving = true;
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      this.isMoving = false;
      this.schedule();
    }, REST_MS);
    this.schedule();
  }

  fit() {
    this.isFitted = true;
    this.schedule();
  }

  oneToOne() {
    const { ratio } = this;
    const { scale, x, y } = centred(this.picture, this.room, 1 / ratio);
    // On whole pixels, or all would be blurred by half of one.
    this.move({ scale, x: Math.round(x * ratio) / ratio, y: Math.round(y * ratio) / ratio });
  }

  /** From the window to the pane that lies there. @param {Point} event */
  locate({ x, y }) {
    const box = this.parts.canvas.getBoundingClientRect();
    const { ratio } = this;
    const pane = paneAt(this.panes, (x - box.left) * ratio, (y - box.top) * ratio);
    return { x: x - box.left - (pane?.x ?? 0) / ratio, y: y - box.top - (pane?.y ?? 0) / ratio };
  }

  // --- comparing ---

  /** @param {Way} way */
  compare(way) {
    this.isComparing = way !== "none";
    if (this.isComparing) this.way = way;
    this.layOut();
    this.schedule();
  }

  /** @param {number} step */
  compareNext(step) {
    this.compare(nextWay(this.shownWay, step));
  }

  /** @param {number} wipe */
  setWipe(wipe) {
    this.wipe = Math.min(1, Math.max(0, wipe));
    this.schedule();
  }

  /** More of the drawing, or less. @param {number} step */
  blend(step) {
    if (this.way === "wipe") this.wipe = Math.min(1, Math.max(0, this.wipe - step));
    else this.onion = Math.min(1, Math.max(0, this.onion + step));
    this.schedule();
  }

  toggleNodes() {
    this.hasNodes = !this.hasNodes;
    this.schedule();
  }

  /** @param {Point | null} at */
  point(at) {
    this.pointed = at;
    tellPointed(this);
  }

  // --- painting ---

  /** @param {ResizeObserverEntry} entry */
  resize({ contentRect, devicePixelContentBoxSize }) {
    if (!this.studio) {
      // Not before it has a size does the view stand in its studio.
      this.studio = this.el.closest(".v2a-studio");
      if (this.studio) this.listenToStudio(this.studio);
      this.checkLive();
    }
    const ratio = window.devicePixelRatio;
    const width = Math.round(contentRect.width * ratio);
    const height = Math.round(contentRect.height * ratio);
    // The true pixels can be one more or less; where a browser only plays another screen, they are those of the real one.
    const [pixels] = devicePixelContentBoxSize ?? [];
    const isTrue = pixels && Math.abs(pixels.inlineSize - width) < 2 && Math.abs(pixels.blockSize - height) < 2;
    this.canvas = isTrue ? { width: pixels.inlineSize, height: pixels.blockSize } : { width, height };
    this.layOut();
    // Not at the next animation frame: until then the browser would stretch what is there.
    this.paint();
    this.tell();
  }

  /** Divide the canvas into panes; what was in the middle stays there. */
  layOut() {
    const before = this.room;
    this.ratio = window.devicePixelRatio;
    this.panes = panesOf(this.shownWay, this.canvas, this.picture, Math.round(GAP * this.ratio));
    this.room = { width: this.panes[0].width / this.ratio, height: this.panes[0].height / this.ratio };
    this.transform.x += (this.room.width - before.width) / 2;
    this.transform.y += (this.room.height - before.height) / 2;
  }

  /** Paint at the next animation frame, once however often asked. */
  schedule() {
    if (this.animation || this.signal.aborted) return;
    this.animation = requestAnimationFrame(() => {
      this.animation = 0;
      this.paint();
      this.connection.acknowledge(this.parts.root);
      this.tell();
    });
  }

  paint() {
    if (this.canvas.width === 0 || this.canvas.height === 0) return;
    if (this.ratio !== window.devicePixelRatio) this.layOut();
    const { picture, canvas, ratio, panes, isMoving, shownWay: way, wipe, onion, hasNodes } = this;
    const { frame, source } = this.connection;
    if (this.isFitted) this.transform = fitted(picture, this.room);
    const { transform } = this;
    this.told = this.sheet.paint({ picture, canvas, ratio, panes, transform, isMoving, frame, source, way, wipe, onion, hasNodes });
    if (!frame) return;
    // What is on the screen now: for tests, and for other people's scripts.
    const { number, scale, generation, exact, paths, points, marks, digest } = frame;
    Object.assign(this.parts.root.dataset, { number, scale, generation, exact, paths, points, marks, digest });
  }

  // --- words ---

  tell() {
    tell(this);
  }

  /** After a restart the drawing still stands here, but nobody answers: say so, and let no button pretend. */
  checkLive() {
    const was = this.isLive;
    this.isLive = !this.connection.isDead && !this.studio?.classList.contains("jupyter-widgets-disconnected");
    if (this.isLive === was) return;
    this.parts.gone.hidden = this.isLive;
    this.parts.gone.textContent = this.isLive ? "" : "The kernel is gone: run the cell again";
    for (const part of this.studio?.querySelectorAll(".v2a-tools > *, .v2a-controls") ?? []) {
      part.toggleAttribute("inert", !this.isLive);
    }
    if (this.isLive) this.connection.ready();
    this.tell();
  }
}
