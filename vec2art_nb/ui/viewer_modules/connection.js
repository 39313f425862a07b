// @ts-check
/**
 * The connection of a model to its kernel: the newest frame, the source picture, the acknowledgements.
 *
 * @import { Header } from "./wire.js"
 * @import { Paintable } from "./layers.js"
 * @import { FrameFacts, Shown, State } from "./words.js"
 * @typedef {Shown & {header: Header, layers: Paintable[]}} Frame
 * @typedef {{name: string, width: number, height: number}} Traits
 * @typedef {FrameFacts & {type: "frame", header: Header}} FrameMessage
 * @typedef {FrameMessage | {type: "failed" | "working", generation: number}
 *   | {type: "source", mime: string, digest: string}} Message
 * @typedef {{type: "ready", source: string} | {type: "ack", generation: number}} Command
 * @typedef {object} Model
 * @property {<K extends keyof Traits>(name: K) => Traits[K]} get
 * @property {(command: Command) => void} send
 * @property {(event: string, callback: (message: Message, buffers: DataView[]) => void) => void} on
 * @property {{kernel?: {statusChanged?: {connect: (slot: (kernel: object, status: string) => void) => void}}}} [widget_manager]
 * @typedef {{schedule: () => void, tell: () => void, checkLive: () => void}} Listener
 */

import { paintables } from "./layers.js";
import { decodeLayers, totals } from "./wire.js";

const PATIENCE_MS = 200;

/** Whether a frame replaces the one that is shown. @param {FrameFacts} frame @param {FrameFacts | null} shown */
export function replaces(frame, shown) {
  if (!shown || frame.generation > shown.generation) return true;
  return frame.generation === shown.generation && (frame.exact || !shown.exact);
}

export class Connection {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Set<Listener>} */
    this.views = new Set();
    /** @type {Frame | null} */
    this.frame = null;
    /** Why the newest frame can't be shown. */
    this.complaint = "";
    /** @type {ImageBitmap | null} */
    this.source = null;
    this.sourceDigest = "";
    /** The newest edit that the kernel told of, since when it is waited for, and the newest that failed. */
    this.wanted = -1;
    this.since = 0;
    this.failed = -1;
    /** @type {number | null} */
    this.unacknowledged = null;
    this.isDead = false;
    model.on("msg:custom", (message, buffers) => void this.receive(message, buffers));
    // Jupyter's manager marks its views when a kernel restarts, but not when it is shut down.
    model.widget_manager?.kernel?.statusChanged?.connect((_, status) => {
      this.isDead ||= status === "dead" || status === "terminating";
      this.views.forEach((view) => view.checkLive());
    });
  }

  /** @param {Message} message @param {DataView[]} buffers */
  async receive(message, buffers) {
    if (message.type === "frame") this.receiveFrame(message, buffers);
    else if (message.type === "source") await this.receiveSource(message.mime, message.digest, buffers[0]);
    else if (message.type === "working") this.receiveWorking(message.generation);
    else this.failed = Math.max(this.failed, message.generation);
    this.tell();
  }

  tell() {
    this.views.forEach((view) => view.tell());
  }

  ready() {
    this.model.send({ type: "ready", source: this.source ? this.sourceDigest : "" });
  }

  /** @param {number} generation */
  receiveWorking(generation) {
    if (this.wanted <= (this.frame?.generation ?? -1)) this.since = performance.now();
    this.wanted = Math.max(this.wanted, generation);
    window.setTimeout(() => this.tell(), PATIENCE_MS);
  }

  /** @param {FrameMessage} message @param {DataView[]} buffers */
  receiveFrame(message, buffers) {
    this.unacknowledged = message.generation;
    const isNews = replaces(message, this.frame) && this.take(message, buffers);
    if (isNews) this.views.forEach((view) => view.schedule());
    // A hidden page paints nothing, and its silence must not hold up the next frame.
    if (!isNews || document.hidden || this.views.size === 0) this.acknowledge();
  }

  /** @param {FrameMessage} message @param {DataView[]} buffers @returns {boolean} whether it can be shown */
  take(message, buffers) {
    try {
      const layers = paintables(message.header, decodeLayers(message.header, buffers));
      this.frame = { ...message, ...totals(message.header), layers };
      this.complaint = "";
      return true;
    } catch (error) {
      this.complaint = error instanceof Error ? error.message : String(error);
      this.failed = Math.max(this.failed, message.generation);
      return false;
    }
  }

  /** @param {string} mime @param {string} digest @param {DataView} bytes */
  async receiveSource(mime, digest, bytes) {
    if (digest === this.sourceDigest) return;
    this.sourceDigest = digest;
    this.source = await createImageBitmap(new Blob([/** @type {DataView<ArrayBuffer>} */ (bytes)], { type: mime }));
    this.views.forEach((view) => view.schedule());
  }

  acknowledge() {
    if (this.unacknowledged === null) return;
    this.model.send({ type: "ack", generation: this.unacknowledged });
    this.unacknowledged = null;
  }

  /** @returns {State} */
  get state() {
    const shown = this.frame?.generation ?? -1;
    if (this.failed > shown && this.failed >= this.wanted) return "failed";
    // What takes no longer than a blink is not worth a flicker of the status line.
    return this.wanted > shown && performance.now() - this.since >= PATIENCE_MS ? "working" : "settled";
  }
}
