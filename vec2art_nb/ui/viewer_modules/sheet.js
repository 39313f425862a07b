// @ts-check
/**
 * The canvas: source and drawing on one page, a line between them.
 *
 * @import { Place } from "./marks.js"
 * @import { Size, Transform } from "./motion.js"
 * @import { Frame } from "./connection.js"
 * @typedef {{picture: Size, room: Size, transform: Transform, isMoving: boolean, frame: Frame | null,
 *   source: ImageBitmap | null, wipe: number}} Scene wipe: where the drawing begins, 0 … 1 of the room
 */

const SLOW_DRAWING_MS = 30; // above it, pan and zoom move a picture of the drawing and sharpen it at rest
const CLOSE_UP = 4; // screen pixels for one of the picture, from which on those are to be seen

export class Sheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** The drawing alone on a canvas of its own, so that wiping strokes nothing anew. */
    this.ink = document.createElement("canvas");
    /** @type {{frame: Frame | null, transform: Transform, milliseconds: number}} */
    this.inked = { frame: null, transform: { scale: 1, x: 0, y: 0 }, milliseconds: 0 };
  }

  /** @param {Scene} scene */
  paint(scene) {
    const { canvas } = this;
    const { frame, picture, transform } = scene;
    const context = canvas.getContext("2d");
    if (!context) return;
    const ratio = window.devicePixelRatio;
    this.fill(scene.room, ratio);
    const { scale, x, y } = transform;
    const page = [x * ratio, y * ratio, picture.width * scale * ratio, picture.height * scale * ratio];
    const edge = frame ? scene.wipe * canvas.width : canvas.width;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    clipped(context, page, 0, edge, () => {
      paintChecks(context, page);
      context.imageSmoothingEnabled = scale * ratio < CLOSE_UP;
      context.imageSmoothingQuality = "high";
      if (scene.source) context.drawImage(scene.source, page[0], page[1], page[2], page[3]);
    });
    if (!frame) return;
    const start = performance.now();
    const isNew = this.paintInk(scene, frame, ratio);
    clipped(context, page, edge, canvas.width, () => {
      if (frame.header.background) {
        context.fillStyle = frame.header.background;
        context.fillRect(page[0], page[1], page[2], page[3]);
      } else paintChecks(context, page);
      const from = this.inked.transform;
      const grown = scale / from.scale;
      context.setTransform(grown, 0, 0, grown, (x - from.x * grown) * ratio, (y - from.y * grown) * ratio);
      context.drawImage(this.ink, 0, 0);
    });
    // A canvas is painted only when it is needed, so the strokes were paid for just now.
    if (isNew) this.inked.milliseconds = performance.now() - start;
  }

  /** Make the canvases as large as the room. @param {Size} room @param {number} ratio */
  fill(room, ratio) {
    const width = Math.round(room.width * ratio);
    const height = Math.round(room.height * ratio);
    for (const each of [this.canvas, this.ink]) {
      if (each.width === width && each.height === height) continue;
      each.width = width;
      each.height = height;
      this.inked.frame = null;
    }
  }

  /** @param {Scene} scene @param {Frame} frame @param {number} ratio @returns {boolean} whether there was need to */
  paintInk({ transform, isMoving }, frame, ratio) {
    const { scale, x, y } = transform;
    const before = this.inked;
    if (before.frame === frame) {
      if (before.transform.scale === scale && before.transform.x === x && before.transform.y === y) return false;
      if (isMoving && before.milliseconds > SLOW_DRAWING_MS) return false;
    }
    const { ink } = this;
    const context = ink.getContext("2d");
    if (!context) return false;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, ink.width, ink.height);
    context.lineCap = "round";
    context.lineJoin = "round";
    /** @type {Place} */
    const place = { scale: scale * ratio, x: x * ratio, y: y * ratio, width: ink.width, height: ink.height };
    for (const layer of frame.layers) layer.paint(context, place);
    this.inked = { frame, transform: { scale, x, y }, milliseconds: before.milliseconds };
    return true;
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
