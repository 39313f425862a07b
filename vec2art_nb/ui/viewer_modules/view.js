// @ts-check
/**
 * One view of a model: the stage with its canvas, and the line below that says what is shown.
 * What is pure display (zoom, pan, wipe) never goes to the kernel.
 *
 * @import { Connection } from "./connection.js"
 * @import { Size, Transform } from "./motion.js"
 */

import { listenToGestures } from "./gestures.js";
import { centred, fitted, held } from "./motion.js";
import { Sheet } from "./sheet.js";
import { contents, statusText } from "./words.js";

const REST_MS = 140;

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} attributes @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export class View {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.model = connection.model;
    this.el = el;
    this.signal = signal;
    /** @type {Transform} */
    this.transform = { scale: 1, x: 0, y: 0 };
    /** @type {Size} */
    this.room = { width: 0, height: 0 };
    this.isFitted = true;
    this.isMoving = false;
    this.isLive = true;
    this.comparing = true;
    this.wipe = 0.5;
    this.animation = 0;
    this.rest = 0;
    /** @type {HTMLElement | null} */
    this.studio = null;
    this.marked = new MutationObserver(() => this.checkLive());

    this.canvas = element("canvas", { class: "v2a-canvas", tabindex: "0", role: "img" });
    this.sheet = new Sheet(this.canvas);
    const range = { "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Wipe between source and drawing" };
    this.handle = element("div", { class: "v2a-wipe", role: "slider", tabindex: "0", ...range });
    const captions = [element("span", {}, "source"), element("span", {}, "drawing")];
    this.captions = element("div", { class: "v2a-captions", "aria-hidden": "true" }, ...captions);
    this.gone = element("div", { class: "v2a-gone", role: "alert", hidden: "" });
    this.stage = element("div", { class: "v2a-stage" }, this.canvas, this.captions, this.handle, this.gone);
    this.status = element("span", { class: "v2a-status" });
    this.zoom = element("span", { class: "v2a-zoom" });
    this.compare = this.button("Compare", "Compare source and drawing", () => this.toggleCompare());
    const fit = this.button("Fit", "Fit the picture into the view (0, double click)", () => this.fit());
    const one = this.button("1:1", "One picture pixel to one screen pixel (1)", () => this.oneToOne());
    this.note = element("div", { class: "v2a-note", role: "status" });
    const buttons = element("div", { class: "v2a-group" }, this.compare, fit, one);
    const footer = element("div", { class: "v2a-footer" }, this.status, this.zoom, buttons, this.note);
    this.root = element("div", { class: "v2a-root" }, this.stage, footer);
    el.append(this.root);
    listenToGestures(this, signal);
    this.listenToSurroundings();
    this.tell();
  }

  /** @param {string} text @param {string} title @param {() => void} act */
  button(text, title, act) {
    const button = element("button", { type: "button", title }, text);
    button.addEventListener("click", act, { signal: this.signal });
    return button;
  }

  listenToSurroundings() {
    const resized = new ResizeObserver(() => this.resize());
    resized.observe(this.stage);
    // A windowed notebook takes cells out of the page and puts them back.
    const seen = new IntersectionObserver(() => this.schedule());
    seen.observe(this.stage);
    document.addEventListener("visibilitychange", () => this.schedule(), { signal: this.signal });
    this.signal.addEventListener("abort", () => {
      resized.disconnect();
      seen.disconnect();
      cancelAnimationFrame(this.animation);
      clearTimeout(this.rest);
      this.marked.disconnect();
      this.root.remove();
    });
  }

  /** @returns {Size} */
  get picture() {
    return { width: this.model.get("width"), height: this.model.get("height") };
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
    this.move(centred(this.picture, this.room, 1 / window.devicePixelRatio));
  }

  /** @param {number} wipe */
  setWipe(wipe) {
    this.wipe = Math.min(1, Math.max(0, wipe));
    this.schedule();
  }

  toggleCompare() {
    this.comparing = !this.comparing;
    this.schedule();
  }

  // --- painting ---

  resize() {
    if (!this.studio) {
      // Not before it has a size does the view stand in its studio.
      this.studio = this.el.closest(".v2a-studio");
      if (this.studio) this.marked.observe(this.studio, { attributes: true, attributeFilter: ["class"] });
      this.checkLive();
    }
    const before = this.room;
    this.room = { width: this.stage.clientWidth, height: this.stage.clientHeight };
    this.transform.x += (this.room.width - before.width) / 2;
    this.transform.y += (this.room.height - before.height) / 2;
    this.schedule();
  }

  /** Paint at the next animation frame, once however often asked. */
  schedule() {
    if (this.animation || this.signal.aborted) return;
    this.animation = requestAnimationFrame(() => {
      this.animation = 0;
      if (this.room.width > 0 && this.room.height > 0) this.paint();
      this.connection.acknowledge();
      this.tell();
    });
  }

  paint() {
    const { picture, room, isMoving } = this;
    const { frame, source } = this.connection;
    if (this.isFitted) this.transform = fitted(picture, room);
    const wipe = this.comparing ? this.wipe : 0;
    this.sheet.paint({ picture, room, transform: this.transform, isMoving, frame, source, wipe });
    if (!frame) return;
    // What is on the screen now: for tests, and for other people's scripts.
    const { generation, exact, paths, points, marks, digest } = frame;
    Object.assign(this.root.dataset, { generation, exact, paths, points, marks, digest });
  }

  // --- words ---

  /** Bring labels and the status line up to date. */
  tell() {
    const { frame, complaint } = this.connection;
    const state = this.isLive ? this.connection.state : "gone";
    const percent = Math.round(this.wipe * 100);
    this.compare.setAttribute("aria-pressed", String(this.comparing));
    this.handle.hidden = this.captions.hidden = !this.comparing || !frame;
    this.handle.style.left = `${this.wipe * 100}%`;
    this.handle.setAttribute("aria-valuenow", String(percent));
    this.handle.setAttribute("aria-valuetext", `source ${percent} %, drawing ${100 - percent} %`);
    this.stage.style.setProperty("--v2a-aspect", String(this.picture.width / this.picture.height));
    const counts = frame ? contents(frame).join(", ") : "not there yet";
    this.canvas.setAttribute("aria-label", `Drawing of ${this.model.get("name")}: ${counts}`);
    this.root.dataset.state = state;
    this.status.textContent = statusText(frame, state);
    this.note.textContent = complaint || (frame?.notes.join(" ") ?? "");
    this.zoom.textContent = `${Math.round(this.transform.scale * window.devicePixelRatio * 100)} %`;
  }

  /** After a restart the drawing still stands here, but nobody answers: say so, and let no button pretend. */
  checkLive() {
    const was = this.isLive;
    this.isLive = !this.connection.isDead && !this.studio?.classList.contains("jupyter-widgets-disconnected");
    if (this.isLive === was) return;
    this.gone.hidden = this.isLive;
    this.gone.textContent = this.isLive ? "" : "The kernel is gone: run the cell again";
    for (const part of this.studio?.querySelectorAll(".v2a-tools > *, .v2a-controls") ?? []) {
      part.toggleAttribute("inert", !this.isLive);
    }
    if (this.isLive) this.connection.ready();
    this.tell();
  }
}
