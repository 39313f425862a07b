// @ts-check
/**
 * The viewer in the browser: one canvas with source and drawing, and the line below that says what is shown.
 *
 * `initialize` holds the connection of a model to its kernel: the newest frame, the source picture, the acknowledgements.
 * `render` makes the DOM of one view. What is pure display (zoom, pan, wipe) never goes to the kernel.
 *
 * @typedef {{stroke: string | null, fill: string | null, width: number, opacity: number}} Style
 * @typedef {{points: number, codes: number, offsets: number, styles: number, closed: number}} BufferIndex
 * @typedef {{name: string, kind: string, paths: number, points: number, grid: number, buffers: BufferIndex}} LayerHeader
 * @typedef {{format: number, size: [number, number], background: string | null, styles: Style[], layers: LayerHeader[]}} Header
 * @typedef {{grid: number, points: Int16Array, codes: Uint8Array, offsets: Uint32Array, styles: Uint16Array, closed: Uint8Array}} Layer
 * @typedef {{from: number, to: number, style: number}} Run
 * @typedef {{path: Path2D, style: Style, grid: number}} Piece
 * @typedef {{generation: number, exact: boolean, milliseconds: number, bytes: number, digest: string, notes: string[]}} FrameFacts
 * @typedef {FrameFacts & {paths: number, points: number}} Shown
 * @typedef {Shown & {header: Header, pieces: Piece[]}} Frame
 * @typedef {{scale: number, x: number, y: number}} Transform screen = picture × scale + (x, y), in CSS pixels
 * @typedef {{width: number, height: number}} Size
 * @typedef {"settled" | "working" | "failed" | "gone"} State
 * @typedef {{name: string, width: number, height: number}} Traits
 * @typedef {(FrameFacts & {type: "frame", header: Header}) | {type: "failed" | "working", generation: number}
 *   | {type: "source", mime: string, digest: string}} Message
 * @typedef {{type: "ready", source: string} | {type: "ack", generation: number}} Command
 * @typedef {object} Model
 * @property {<K extends keyof Traits>(name: K) => Traits[K]} get
 * @property {(command: Command) => void} send
 * @property {(event: string, callback: (message: Message, buffers: DataView[]) => void) => void} on
 * @property {{kernel?: {statusChanged?: {connect: (slot: (kernel: object, status: string) => void) => void}}}} [widget_manager]
 * @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void, closePath(): void,
 *   bezierCurveTo(a: number, b: number, c: number, d: number, x: number, y: number): void}} PathSink
 */

const MOVE = 1;
const LINE = 2;
const CURVE = 4;
const PATHS_PER_PIECE = 2000; // one Path2D with a million vertices strokes slower than many of this size
const SLOW_DRAWING_MS = 30; // above it, pan and zoom move a picture of the drawing and sharpen it at rest
const REST_MS = 140;
const PATIENCE_MS = 200;
const SCROLL_MS = 250; // a wheel that began outside keeps scrolling the page until it has paused this long
const ZOOM_LIMITS = { least: 0.02, most: 64 };
const REACH = 40; // pixels of the page that stay in sight however far one pans

// --- pure helpers, tested without a browser ---

/**
 * @template {Int16Array | Uint8Array | Uint16Array | Uint32Array} T
 * @param {{new (buffer: ArrayBuffer): T, BYTES_PER_ELEMENT: number}} kind
 * @param {DataView} view
 * @returns {T} a copy, because a view into a message need not be aligned
 */
function typed(kind, view) {
  return new kind(/** @type {ArrayBuffer} */ (view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)));
}

/** @param {Header} header @param {DataView[]} buffers @returns {Layer[]} */
export function decodeLayers(header, buffers) {
  if (header.format !== 1) throw new Error(`frame format ${header.format} is newer than this viewer: reload the page`);
  return header.layers.map(({ grid, buffers: at }) => ({
    grid,
    points: typed(Int16Array, buffers[at.points]),
    codes: typed(Uint8Array, buffers[at.codes]),
    offsets: typed(Uint32Array, buffers[at.offsets]),
    styles: typed(Uint16Array, buffers[at.styles]),
    closed: typed(Uint8Array, buffers[at.closed]),
  }));
}

/**
 * Consecutive paths of one style. The painting order stays, so a style can have several runs.
 * @param {Uint16Array} styles @param {(style: number) => boolean} [canSplit] @returns {Run[]}
 */
export function styleRuns(styles, canSplit = () => false) {
  /** @type {Run[]} */
  const runs = [];
  for (let from = 0; from < styles.length; ) {
    const most = canSplit(styles[from]) ? from + PATHS_PER_PIECE : Infinity;
    let to = from + 1;
    while (to < styles.length && styles[to] === styles[from] && to < most) to += 1;
    runs.push({ from, to, style: styles[from] });
    from = to;
  }
  return runs;
}

/** @param {PathSink} sink @param {Layer} layer @param {number} from @param {number} to */
export function tracePaths(sink, { points, codes, offsets, closed }, from, to) {
  for (let path = from; path < to; path += 1) {
    const end = offsets[path + 1];
    for (let i = offsets[path]; i < end; i += 1) {
      const x = points[2 * i];
      const y = points[2 * i + 1];
      if (codes[i] === LINE) sink.lineTo(x, y);
      else if (codes[i] === MOVE) {
        if (closed[path] && i > offsets[path]) sink.closePath(); // each subpath is closed
        sink.moveTo(x, y);
      } else if (codes[i] === CURVE) {
        sink.bezierCurveTo(x, y, points[2 * i + 2], points[2 * i + 3], points[2 * i + 4], points[2 * i + 5]);
        i += 2;
      }
    }
    if (closed[path]) sink.closePath();
  }
}

/** Whether a frame replaces the one that is shown. @param {FrameFacts} frame @param {FrameFacts | null} shown */
export function replaces(frame, shown) {
  if (!shown || frame.generation > shown.generation) return true;
  return frame.generation === shown.generation && (frame.exact || !shown.exact);
}

/** @param {Size} picture @param {Size} stage @returns {Transform} */
export function fitted(picture, stage) {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height);
  return centred(picture, stage, scale);
}

/** @param {Size} picture @param {Size} stage @param {number} scale @returns {Transform} */
export function centred(picture, stage, scale) {
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 };
}

/** The point under the pointer stays where it is. @param {Transform} from @param {number} x @param {number} y @param {number} factor */
export function zoomed(from, x, y, factor) {
  const scale = Math.min(ZOOM_LIMITS.most, Math.max(ZOOM_LIMITS.least, from.scale * factor));
  const real = scale / from.scale;
  return { scale, x: x - (x - from.x) * real, y: y - (y - from.y) * real };
}

/** The page never leaves the stage altogether. @param {Transform} at @param {Size} picture @param {Size} stage @returns {Transform} */
export function held(at, picture, stage) {
  /** @param {number} start @param {number} length @param {number} room */
  const hold = (start, length, room) => Math.min(room - REACH, Math.max(REACH - length, start));
  return {
    scale: at.scale,
    x: hold(at.x, picture.width * at.scale, stage.width),
    y: hold(at.y, picture.height * at.scale, stage.height),
  };
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} milliseconds */
export function formatTime(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}

/** @param {number} count @param {string} noun */
export function counted(count, noun) {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * What is on the screen, never what is hoped for.
 * @param {Shown | null} shown @param {State} state
 */
export function statusText(shown, state) {
  if (state === "gone") return "no kernel";
  if (!shown) return state === "failed" ? "no drawing" : "drawing…";
  const facts = [counted(shown.paths, "path"), counted(shown.points, "point")];
  if (state === "working") return ["working…", ...facts].join(" · ");
  if (state === "failed") return ["failed; this is the drawing before", ...facts].join(" · ");
  const frame = `${formatBytes(shown.bytes)} frame`;
  return [shown.exact ? "exact" : "preview", ...facts, frame, formatTime(shown.milliseconds)].join(" · ");
}

// --- the connection of one model ---

class Connection {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Set<View>} */
    this.views = new Set();
    /** @type {Frame | null} */
    this.frame = null;
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

  /** @param {FrameFacts & {header: Header}} message @param {DataView[]} buffers */
  receiveFrame(message, buffers) {
    this.unacknowledged = message.generation;
    const isNews = replaces(message, this.frame);
    if (isNews) {
      this.frame = { ...message, ...buildPieces(message.header, decodeLayers(message.header, buffers)) };
      this.views.forEach((view) => view.schedule());
    }
    // A hidden page paints nothing, and its silence must not hold up the next frame.
    if (!isNews || document.hidden || this.views.size === 0) this.acknowledge();
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

/** @param {Header} header @param {Layer[]} layers */
function buildPieces(header, layers) {
  /** @type {Piece[]} */
  const pieces = [];
  // What overlaps within one element of a see-through or filled style must stay within one path.
  /** @param {number} style */
  const canSplit = (style) => header.styles[style].opacity === 1 && header.styles[style].fill === null;
  for (const layer of layers) {
    for (const run of styleRuns(layer.styles, canSplit)) {
      const path = new Path2D();
      tracePaths(path, layer, run.from, run.to);
      pieces.push({ path, style: header.styles[run.style], grid: layer.grid });
    }
  }
  /** @param {(layer: LayerHeader) => number} of */
  const total = (of) => header.layers.reduce((sum, layer) => sum + of(layer), 0);
  return { pieces, paths: total((layer) => layer.paths), points: total((layer) => layer.points) };
}

// --- one view ---

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

class View {
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
    /** The drawing alone on a canvas of its own, so that wiping strokes nothing anew. */
    this.ink = document.createElement("canvas");
    /** @type {{frame: Frame | null, transform: Transform, milliseconds: number}} */
    this.inked = { frame: null, transform: this.transform, milliseconds: 0 };

    this.canvas = element("canvas", { class: "v2a-canvas", tabindex: "0", role: "img" });
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
    this.listenToPointers();
    this.listenToSurroundings();
    this.tell();
  }

  /** @param {string} text @param {string} title @param {() => void} act */
  button(text, title, act) {
    const button = element("button", { type: "button", title }, text);
    button.addEventListener("click", act, { signal: this.signal });
    return button;
  }

  listenToPointers() {
    const { canvas, handle, stage } = this;
    const options = { signal: this.signal };
    /** @type {Map<number, PointerEvent>} */
    const pointers = new Map();
    /** @param {PointerEvent} event */
    const press = (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
    };
    /** @param {PointerEvent} event */
    const drag = (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      this.drag(before, event, [...pointers.values()].find((other) => other.pointerId !== event.pointerId));
      pointers.set(event.pointerId, event);
    };
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
      const { x, y } = this.within(event);
      this.move(zoomed(this.transform, x, y, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0018))));
    };
    /** @param {PointerEvent} event */
    const slide = (event) => {
      if (handle.hasPointerCapture(event.pointerId)) this.setWipe(this.within(event).x / this.room.width);
    };
    canvas.addEventListener("pointerdown", press, options);
    canvas.addEventListener("pointermove", drag, options);
    canvas.addEventListener("lostpointercapture", (event) => pointers.delete(event.pointerId), options);
    canvas.addEventListener("dblclick", () => this.fit(), options);
    canvas.addEventListener("keydown", (event) => this.key(event), options);
    window.addEventListener("wheel", scroll, { ...options, capture: true, passive: true });
    stage.addEventListener("wheel", wheel, { ...options, passive: false });
    handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId), options);
    handle.addEventListener("pointermove", slide, options);
    handle.addEventListener("keydown", (event) => this.wipeKey(event), options);
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

  /** @param {MouseEvent} event */
  within(event) {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} before @param {PointerEvent} now @param {PointerEvent | undefined} other */
  drag(before, now, other) {
    const from = this.within(before);
    const to = this.within(now);
    if (!other) {
      const { scale, x, y } = this.transform;
      this.move({ scale, x: x + to.x - from.x, y: y + to.y - from.y });
      return;
    }
    // Two fingers: what lies under the other one stays there, the distance between them sets the scale.
    const still = this.within(other);
    const factor = Math.hypot(to.x - still.x, to.y - still.y) / Math.max(1, Math.hypot(from.x - still.x, from.y - still.y));
    this.move(zoomed(this.transform, still.x, still.y, factor));
  }

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

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { scale, x, y } = this.transform;
    const zoom = (/** @type {number} */ factor) => this.move(zoomed(this.transform, this.room.width / 2, this.room.height / 2, factor));
    /** @type {Record<string, () => void>} */
    const keys = {
      "+": () => zoom(1.25),
      "=": () => zoom(1.25),
      "-": () => zoom(0.8),
      0: () => this.fit(),
      1: () => this.oneToOne(),
      ArrowLeft: () => this.move({ scale, x: x + REACH, y }),
      ArrowRight: () => this.move({ scale, x: x - REACH, y }),
      ArrowUp: () => this.move({ scale, x, y: y + REACH }),
      ArrowDown: () => this.move({ scale, x, y: y - REACH }),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  }

  /** @param {KeyboardEvent} event */
  wipeKey(event) {
    const step = event.shiftKey ? 0.1 : 0.02;
    /** @type {Record<string, number>} */
    const places = {
      ArrowLeft: this.wipe - step,
      ArrowDown: this.wipe - step,
      ArrowRight: this.wipe + step,
      ArrowUp: this.wipe + step,
      Home: 0,
      End: 1,
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    this.setWipe(places[event.key]);
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
    const { canvas, ink, room } = this;
    const context = canvas.getContext("2d");
    if (!context) return;
    const ratio = window.devicePixelRatio;
    for (const each of [canvas, ink]) {
      const width = Math.round(room.width * ratio);
      const height = Math.round(room.height * ratio);
      if (each.width === width && each.height === height) continue;
      each.width = width;
      each.height = height;
      this.inked.frame = null;
    }
    if (this.isFitted) this.transform = fitted(this.picture, room);
    const { frame, source } = this.connection;
    const { scale, x, y } = this.transform;
    const page = [x * ratio, y * ratio, this.picture.width * scale * ratio, this.picture.height * scale * ratio];
    const edge = !frame ? canvas.width : this.comparing ? this.wipe * canvas.width : 0;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    clipped(context, page, 0, edge, () => {
      paintChecks(context, page);
      context.imageSmoothingEnabled = scale * ratio < 4; // close up, pixels are to be seen
      context.imageSmoothingQuality = "high";
      if (source) context.drawImage(source, page[0], page[1], page[2], page[3]);
    });
    if (!frame) return;
    this.paintInk(frame, ratio);
    clipped(context, page, edge, canvas.width, () => {
      if (frame.header.background) {
        context.fillStyle = frame.header.background;
        context.fillRect(page[0], page[1], page[2], page[3]);
      } else paintChecks(context, page);
      const from = this.inked.transform;
      const grown = scale / from.scale;
      context.setTransform(grown, 0, 0, grown, (x - from.x * grown) * ratio, (y - from.y * grown) * ratio);
      context.drawImage(ink, 0, 0);
    });
    // What is on the screen now: for tests, and for other people's scripts.
    const { generation, exact, paths, points, digest } = frame;
    Object.assign(this.root.dataset, { generation, exact, paths, points, digest });
  }

  /** @param {Frame} frame @param {number} ratio */
  paintInk(frame, ratio) {
    const { scale, x, y } = this.transform;
    const before = this.inked;
    if (before.frame === frame) {
      if (before.transform.scale === scale && before.transform.x === x && before.transform.y === y) return;
      if (this.isMoving && before.milliseconds > SLOW_DRAWING_MS) return;
    }
    const context = this.ink.getContext("2d");
    if (!context) return;
    const start = performance.now();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.ink.width, this.ink.height);
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const { path, style, grid } of frame.pieces) {
      const unit = (scale * ratio) / grid;
      context.setTransform(unit, 0, 0, unit, x * ratio, y * ratio);
      context.globalAlpha = style.opacity;
      if (style.fill) {
        context.fillStyle = style.fill;
        context.fill(path);
      }
      if (style.stroke && style.width > 0) {
        context.strokeStyle = style.stroke;
        context.lineWidth = style.width * grid;
        context.stroke(path);
      }
    }
    this.inked = { frame, transform: { scale, x, y }, milliseconds: performance.now() - start };
  }

  // --- words ---

  /** Bring labels and the status line up to date. */
  tell() {
    const { frame } = this.connection;
    const state = this.isLive ? this.connection.state : "gone";
    const percent = Math.round(this.wipe * 100);
    this.compare.setAttribute("aria-pressed", String(this.comparing));
    this.handle.hidden = this.captions.hidden = !this.comparing || !frame;
    this.handle.style.left = `${this.wipe * 100}%`;
    this.handle.setAttribute("aria-valuenow", String(percent));
    this.handle.setAttribute("aria-valuetext", `source ${percent} %, drawing ${100 - percent} %`);
    this.stage.style.setProperty("--v2a-aspect", String(this.picture.width / this.picture.height));
    const counts = frame ? `${counted(frame.paths, "path")}, ${counted(frame.points, "point")}` : "not there yet";
    this.canvas.setAttribute("aria-label", `Drawing of ${this.model.get("name")}: ${counts}`);
    this.root.dataset.state = state;
    this.status.textContent = statusText(frame, state);
    this.note.textContent = frame?.notes.join(" ") ?? "";
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

/**
 * Paint only what is on the page and between two upright lines.
 * @param {CanvasRenderingContext2D} context @param {number[]} page @param {number} left @param {number} right @param {() => void} paint
 */
function clipped(context, [x, y, width, height], left, right, paint) {
  const from = Math.max(left, x);
  const to = Math.min(right, x + width);
  if (to <= from) return;
  context.save();
  context.beginPath();
  context.rect(from, y, to - from, height);
  context.clip();
  paint();
  context.restore();
}

/** What shows through a transparent page. @param {CanvasRenderingContext2D} context @param {number[]} page */
function paintChecks(context, [x, y, width, height]) {
  const tile = new OffscreenCanvas(16, 16);
  const checks = tile.getContext("2d");
  if (!checks) return;
  checks.fillStyle = "#ffffff";
  checks.fillRect(0, 0, 16, 16);
  checks.fillStyle = "#e4e4e8";
  checks.fillRect(0, 0, 8, 8);
  checks.fillRect(8, 8, 8, 8);
  context.fillStyle = context.createPattern(tile, "repeat") ?? "#ffffff";
  context.fillRect(x, y, width, height);
}

export default () => {
  /** @type {Connection} */
  let connection;
  return {
    /** @param {{model: Model}} context */
    initialize({ model }) {
      connection = new Connection(model);
    },
    /** @param {{el: HTMLElement}} context */
    render({ el }) {
      const controller = new AbortController();
      const view = new View(connection, el, controller.signal);
      connection.views.add(view);
      connection.ready();
      return () => {
        connection.views.delete(view);
        controller.abort();
      };
    },
  };
};
