// @ts-check
/**
 * The canvas: source and drawing on one page, compared in one of several ways.
 *
 * All is laid on in one go, from canvases that are ready, so that no animation frame shows a half of it.
 *
 * @import { Size, Transform } from "./motion.js"
 * @import { Pane, Way } from "./panes.js"
 * @import { Frame } from "./connection.js"
 * @typedef {object} Scene
 * @property {Size} picture
 * @property {Size} canvas in pixels
 * @property {number} ratio pixels of the canvas for one of CSS
 * @property {Pane[]} panes
 * @property {Transform} transform within a pane
 * @property {boolean} isMoving
 * @property {boolean} [isAtRest] whether nothing has come for a while, so that there is time to paint truly
 * @property {Frame | null} frame
 * @property {ImageBitmap | null} source
 * @property {Way} way
 * @property {number} wipe where the drawing begins, 0 … 1 of the pane
 * @property {number} onion how much the drawing covers the source, 0 … 1
 * @property {boolean} hasNodes
 * @typedef {{nodes: number, difference: number}} Told nodes in sight, -1 for too many; mean difference 0 … 1, or NaN
 */

import { Ink, placeOf } from "./ink.js";
import { paintNodes } from "./nodes.js";
import { meanOf, onPane, pageOf, paintChecks } from "./page.js";

const CLOSE_UP = 4; // screen pixels for one of the picture, from which on those are to be seen
const REST_MS = 120; // without another scene: longer than there is between two frames of most drags

export class Sheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.ink = new Ink();
    /** The drawing on its page, where it is laid on the source as a whole. */
    this.flat = document.createElement("canvas");
    this.rest = 0;
  }

  /** What was painted in a hurry is painted truly at rest. @param {Scene} scene @returns {Told} */
  paint(scene) {
    clearTimeout(this.rest);
    const told = this.lay(scene);
    const { isTrue } = this.ink.shown;
    if (!isTrue) this.rest = window.setTimeout(() => this.paint({ ...scene, isAtRest: true }), REST_MS);
    this.canvas.dataset.sharp = String(isTrue);
    return told;
  }

  /** @param {Scene} scene @returns {Told} */
  lay(scene) {
    const { canvas, ink } = this;
    const told = { nodes: 0, difference: NaN };
    const context = canvas.getContext("2d");
    if (!context) return told;
    const { frame, panes, way, source } = scene;
    const [pane] = panes;
    const last = panes[panes.length - 1];
    const sight = { ...scene, pane };
    const start = performance.now();
    const isTelling = frame !== null && ink.paint(frame, sight);
    resize(canvas, scene.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const isLaid = (way === "onion" || way === "difference") && source !== null;
    const edge = way === "wipe" ? pane.width * scene.wipe : 0;
    const isAll = !frame || isLaid || way === "side";
    clipped(context, scene, pane, 0, isAll ? pane.width : edge, () => paintSource(context, scene));
    if (!frame) return told;
    if (isLaid) this.flatten(scene, frame);
    clipped(context, scene, last, edge, pane.width, () => {
      if (!isLaid) this.paintDrawing(context, scene, frame);
      else {
        if (way === "onion") context.globalAlpha = scene.onion;
        else context.globalCompositeOperation = "difference";
        context.drawImage(this.flat, 0, 0);
      }
    });
    // A canvas is painted only when it is needed, so the strokes were paid for just now.
    if (isTelling) ink.learn(frame, performance.now() - start);
    if (isLaid && way === "difference") told.difference = meanOf(canvas, onPane(pageOf(scene), pane));
    if (scene.hasNodes) {
      clipped(context, scene, last, edge, pane.width, () => {
        told.nodes = paintNodes(context, frame.layers, placeOf(scene.transform, pane, scene.ratio), scene.ratio);
      });
    }
    return told;
  }

  /** @param {Scene} scene @param {Frame} frame */
  flatten(scene, frame) {
    const [pane] = scene.panes;
    resize(this.flat, pane);
    const context = this.flat.getContext("2d");
    if (context) clipped(context, scene, pane, 0, pane.width, () => this.paintDrawing(context, scene, frame));
  }

  /** The page with the drawing on it. @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Frame} frame */
  paintDrawing(context, scene, frame) {
    const [x, y, width, height] = pageOf(scene);
    if (frame.header.background) {
      context.fillStyle = frame.header.background;
      context.fillRect(x, y, width, height);
    } else paintChecks(context, x, y, width, height);
    this.ink.lay(context, { ...scene, pane: scene.panes[0] });
  }
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene */
function paintSource(context, scene) {
  const [x, y, width, height] = pageOf(scene);
  paintChecks(context, x, y, width, height);
  context.imageSmoothingEnabled = scene.transform.scale * scene.ratio < CLOSE_UP;
  context.imageSmoothingQuality = "high";
  if (scene.source) context.drawImage(scene.source, x, y, width, height);
}

/** A canvas that gets a size is empty, even if it had the same. @param {HTMLCanvasElement} canvas @param {Size} size */
function resize(canvas, { width, height }) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * Paint in a pane only what is on the page and between two upright lines.
 * @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Pane} pane @param {number} from @param {number} to @param {() => void} paint
 */
function clipped(context, scene, pane, from, to, paint) {
  const seen = onPane(pageOf(scene), pane);
  const left = Math.max(from, seen.left);
  const width = Math.min(to, seen.left + seen.width) - left;
  if (width <= 0 || seen.height <= 0) return;
  context.save();
  context.setTransform(1, 0, 0, 1, pane.x, pane.y);
  context.beginPath();
  context.rect(left, seen.top, width, seen.height);
  context.clip();
  paint();
  context.restore();
}
