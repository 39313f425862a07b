// @ts-check
/**
 * The connection of a model to its kernel: the newest frame, the source picture, the acknowledgements.
 *
 * @import { Header, WireHeader } from "./wire.js"
 * @import { Paintable } from "./layers.js"
 * @import { FrameFacts, Shown, State } from "./words.js"
 * @typedef {Shown & {header: Header, layers: Paintable[]}} Frame
 * @typedef {{name: string, width: number, height: number}} Traits
 * @typedef {FrameFacts & {type: "frame", header: WireHeader}} FrameMessage
 * @typedef {FrameMessage | {type: "working", generation: number} | {type: "failed", generation: number, text: string}
 *   | {type: "source", mime: string, digest: string}} Message
 * @typedef {{number: number, milliseconds: number}} Painted a frame, and how long that took from its coming on
 * @typedef {{type: "ready", source: string, held: string[]} | {type: "view", pixels_per_px: number}
 *   | {type: "ack", missing?: true} & Painted} Command
 * @typedef {object} Model
 * @property {<K extends keyof Traits>(name: K) => Traits[K]} get
 * @property {(command: Command) => void} send
 * @property {(event: string, callback: (message: Message, buffers: DataView[]) => void) => void} on
 * @property {{kernel?: {statusChanged?: {connect: (slot: (kernel: object, status: string) => void) => void}}}} [widget_manager]
 * @typedef {{schedule: () => void, tell: () => void, checkLive: () => void, transform: {scale: number}}} Listener
 */

import { paintables } from "./layers.js";
import { Decoder, totals } from "./wire.js";

/** Whether a frame replaces the one that is shown. @param {FrameFacts} frame @param {FrameFacts | null} shown */
export function replaces(frame, shown) {
  if (!shown || frame.generation !== shown.generation) return !shown || frame.generation > shown.generation;
  return frame.scale >= shown.scale;
}

export class Connection {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.decoder = new Decoder();
    /** @type {Set<Listener>} */
    this.views = new Set();
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {ImageBitmap | null} */
    this.source = null;
    this.sourceDigest = "";
    /** The newest edit that the kernel said it is working on. */
    this.wanted = -1;
    /** The newest edit that there is no drawing of, or no exact one, and why not. */
    this.failure = { generation: -1, text: "" };
    /** The frame that is not painted yet, and when it came. @type {{number: number, at: number} | null} */
    this.unpainted = null;
    /** Pixels of the screen for one of the picture, as the kernel was told. */
    this.pixelsPerPx = 0;
    this.isDead = false;
    /** Inflating takes its time, and nothing may overtake a frame meanwhile. @type {Promise<void>} */
    this.received = Promise.resolve();
    model.on("msg:custom", (message, buffers) => void this.receive(message, buffers));
    // Jupyter's manager marks its views when a kernel restarts, but not when it is shut down.
    model.widget_manager?.kernel?.statusChanged?.connect((_, status) => {
      this.isDead ||= status === "dead" || status === "terminating";
      this.views.forEach((view) => view.checkLive());
    });
  }

  /** @param {Message} message @param {DataView[]} buffers */
  receive(message, buffers) {
    const at = performance.now();
    if (message.type === "source") return this.receiveSource(message.mime, message.digest, buffers[0]);
    const done = this.received.then(async () => {
      if (message.type === "frame") await this.receiveFrame(message, buffers, at);
      else if (message.type === "working") this.wanted = Math.max(this.wanted, message.generation);
      else this.receiveFailure(message.generation, message.text);
      this.tell();
    });
    this.received = done.catch(() => undefined); // one fault must not stop what comes after it
    return done;
  }

  tell() {
    this.views.forEach((view) => view.tell());
  }

  ready() {
    const source = this.source ? this.sourceDigest : "";
    this.model.send({ type: "ready", source, held: this.decoder.held.digests });
  }

  /** @param {number} generation @param {string} text */
  receiveFailure(generation, text) {
    if (generation >= this.failure.generation) this.failure = { generation, text };
  }

  /** @param {FrameMessage} message @param {DataView[]} buffers @param {number} at */
  async receiveFrame(message, buffers, at) {
    const { number, generation } = message;
    try {
      // Also when it is too late to be shown: later frames count on its buffers.
      const decoded = await this.decoder.decode(message.header, buffers);
      if (!decoded) {
        this.model.send({ type: "ack", number, milliseconds: performance.now() - at, missing: true });
        return;
      }
      if (replaces(message, this.frame)) {
        const { header, layers } = decoded;
        this.frame = { ...message, header, ...totals(header), layers: paintables(header, layers) };
        this.unpainted = { number, at };
        this.views.forEach((view) => view.schedule());
        // A hidden page paints nothing, and its silence must not hold up the next frame.
        if (document.hidden || this.views.size === 0) this.acknowledge();
        return;
      }
    } catch (error) {
      this.receiveFailure(generation, error instanceof Error ? error.message : String(error));
    }
    this.model.send({ type: "ack", number, milliseconds: performance.now() - at });
  }

  /** @param {string} mime @param {string} digest @param {DataView} bytes */
  async receiveSource(mime, digest, bytes) {
    if (digest === this.sourceDigest) return;
    this.sourceDigest = digest;
    this.source = await createImageBitmap(new Blob([/** @type {DataView<ArrayBuffer>} */ (bytes)], { type: mime }));
    this.views.forEach((view) => view.schedule());
  }

  /**
   * A view has painted: the kernel may send the next frame, no finer than what is looked at needs. Each message to the
   * kernel costs the page some milliseconds, so controls that have one to send may take this along with it.
   * @param {EventTarget} [root] of the view
   */
  acknowledge(root) {
    if (this.unpainted) {
      const { number, at } = this.unpainted;
      this.unpainted = null;
      /** @type {Painted} */
      const detail = { number, milliseconds: performance.now() - at };
      const offer = new CustomEvent("v2a-painted", { bubbles: true, cancelable: true, detail });
      if (root?.dispatchEvent(offer) ?? true) this.model.send({ type: "ack", ...detail });
    }
    const scale = Math.max(0, ...[...this.views].map((view) => view.transform.scale)) * window.devicePixelRatio;
    const coarse = scale > 0 ? 2 ** Math.ceil(Math.log2(scale)) : 0;
    if (coarse > 0 && coarse !== this.pixelsPerPx) {
      this.pixelsPerPx = coarse;
      this.model.send({ type: "view", pixels_per_px: coarse });
    }
  }

  /** Whether the newest drawing could not be had. */
  get hasFailed() {
    const { generation } = this.failure;
    if (generation < 0 || generation < this.wanted) return false;
    const { frame } = this;
    return !frame || generation > frame.generation || (generation === frame.generation && !frame.exact);
  }

  /** Why the newest drawing can't be shown, unless that is said elsewhere. */
  get complaint() {
    return this.hasFailed ? this.failure.text : "";
  }

  /** @returns {State} */
  get state() {
    if (this.hasFailed) return "failed";
    return this.wanted > (this.frame?.generation ?? -1) ? "working" : "settled";
  }
}
