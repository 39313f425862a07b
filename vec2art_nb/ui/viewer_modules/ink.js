// @ts-check
/**
 * The drawing alone, painted aside: wiping and laying it on strokes nothing anew, and nobody sees it half done.
 *
 * @import { Place } from "./marks.js"
 * @import { Size, Transform } from "./motion.js"
 * @import { Frame } from "./connection.js"
 * @typedef {{canvas: HTMLCanvasElement, frame: Frame | null, transform: Transform, density: number, isTrue: boolean}} Sheetful
 *   what is on a canvas: density are its pixels for one of CSS; isTrue: not painted in a hurry
 * @typedef {{transform: Transform, picture: Size, pane: Size, ratio: number, isMoving: boolean, isAtRest?: boolean}} Sight
 */

import { paintLayers } from "./layers.js";
import { onPane, pageOf } from "./page.js";

const SLOW_DRAWING_MS = 30; // above it, pan and zoom move a picture of the drawing and sharpen it at rest
const HURRY_MS = 3; // above it, what is followed by something else is painted less truly

export class Ink {
  constructor() {
    this.shown = blank();
    /** The whole page, kept where the drawing is slow to paint: what comes into sight is there at once. */
    this.overview = blank();
    /** How long a sharp one takes, for each point or mark. */
    this.costPerItem = 0;
  }

  /** Paint the frame as it is in sight, if need be. @param {Frame} frame @param {Sight} sight @returns {boolean} whether it was sharp and new, and so tells what painting costs */
  paint(frame, sight) {
    const { isMoving, ratio, transform } = sight;
    const isSlow = this.isSlow(frame);
    const isHurried = !sight.isAtRest && this.costOf(frame) > HURRY_MS;
    // A preview that is slow to paint has no more pixels than CSS has: thin lines are ten times as quick as wide ones.
    const density = isSlow && !frame.exact ? Math.min(1, ratio) : ratio;
    const { shown } = this;
    const width = Math.max(1, Math.ceil((sight.pane.width * density) / ratio));
    const height = Math.max(1, Math.ceil((sight.pane.height * density) / ratio));
    const isSameSize = shown.canvas.width === width && shown.canvas.height === height;
    if (shown.frame === frame && isSameSize && shown.density === density) {
      if (isSame(shown.transform, transform) && (shown.isTrue || isHurried)) return false;
      if (isMoving && isSlow && this.covers(frame, sight)) return false;
    }
    if (isSlow && shown.frame === frame && isWhole(shown, sight)) {
      this.shown = this.overview;
      this.overview = shown;
    }
    const { canvas } = this.shown;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    if (!context) return false;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineCap = "round";
    context.lineJoin = "round";
    const place = placeOf(transform, { width, height }, density);
    const isTrue = paintLayers(context, place, frame.layers, isHurried);
    this.shown = { canvas, frame, transform: { ...transform }, density, isTrue };
    return density === ratio && isTrue;
  }

  /** Remember what the last painting took. @param {Frame} frame @param {number} milliseconds */
  learn(frame, milliseconds) {
    this.costPerItem = milliseconds / Math.max(1, frame.points + frame.marks);
  }

  /** Milliseconds that a true one would take. @param {Frame} frame */
  costOf(frame) {
    return this.costPerItem * (frame.points + frame.marks);
  }

  /** @param {Frame} frame */
  isSlow(frame) {
    return this.costOf(frame) > SLOW_DRAWING_MS;
  }

  /** Whether all that is in sight is on one of the canvases. @param {Frame} frame @param {Sight} sight */
  covers(frame, sight) {
    if (this.overview.frame === frame) return true;
    const page = onPane(pageOf(sight), sight.pane);
    const at = laid(this.shown, sight);
    return (
      isWhole(this.shown, sight) ||
      (at.x <= page.left + 0.5 && at.y <= page.top + 0.5 && at.x + at.width >= page.left + page.width - 0.5 &&
        at.y + at.height >= page.top + page.height - 0.5)
    );
  }

  /** Lay it where it is in sight now. @param {CanvasRenderingContext2D} context @param {Sight} sight */
  lay(context, sight) {
    const { shown, overview } = this;
    const { x, y, width, height } = laid(shown, sight);
    if (overview.frame !== shown.frame || isSame(shown.transform, sight.transform)) {
      context.drawImage(shown.canvas, x, y, width, height);
      return;
    }
    const below = laid(overview, sight);
    for (const [{ canvas }, at, rule] of /** @type {const} */ ([[overview, below, "evenodd"], [shown, { x, y, width, height }, "nonzero"]])) {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      if (rule === "evenodd") context.rect(-1e6, -1e6, 2e6, 2e6);
      context.clip(rule);
      context.drawImage(canvas, at.x, at.y, at.width, at.height);
      context.restore();
    }
  }
}

/** @returns {Sheetful} */
function blank() {
  return { canvas: document.createElement("canvas"), frame: null, transform: { scale: 1, x: 0, y: 0 }, density: 1, isTrue: true };
}

/** @param {Transform} one @param {Transform} other */
const isSame = (one, other) => one.scale === other.scale && one.x === other.x && one.y === other.y;

/** @param {Transform} transform @param {Size} canvas @param {number} density @returns {Place} */
export function placeOf({ scale, x, y }, { width, height }, density) {
  return { scale: scale * density, x: x * density, y: y * density, width, height };
}

/** Whether all of the page is on a canvas. @param {Sheetful} sheetful @param {Sight} sight */
function isWhole({ canvas, transform: { scale, x, y }, density }, { picture }) {
  const right = (x + picture.width * scale) * density;
  const bottom = (y + picture.height * scale) * density;
  return x >= -0.5 && y >= -0.5 && right <= canvas.width + 0.5 && bottom <= canvas.height + 0.5;
}

/** Where a canvas lies in the pane now. @param {Sheetful} sheetful @param {Sight} sight */
function laid({ canvas, transform: from, density }, { transform: to, ratio }) {
  const larger = ((to.scale / from.scale) * ratio) / density;
  return {
    x: to.x * ratio - from.x * density * larger,
    y: to.y * ratio - from.y * density * larger,
    width: canvas.width * larger,
    height: canvas.height * larger,
  };
}
