// @ts-check
/**
 * What lies under the pointer: the place in the picture, the source's colour there, and the nearest path.
 *
 * @import { Frame } from "./connection.js"
 * @import { Found } from "./layers.js"
 * @import { Size } from "./motion.js"
 */

import { findNearest } from "./layers.js";
import { element } from "./parts.js";

/** @param {Found} found */
export function describeFound({ kind, index, length, style }) {
  const size = length >= 100 ? Math.round(length) : length.toFixed(1);
  const pen = style.stroke && style.width > 0 ? `, ${Number(style.width.toFixed(2))} px wide` : "";
  return kind === "mark" ? `mark ${index}, radius ${size} px` : `path ${index}, ${size} px long${pen}`;
}

export class Readout {
  constructor() {
    this.place = element("span");
    this.color = element("span");
    this.path = element("span");
    this.root = element("div", { class: "v2a-readout", "aria-hidden": "true", hidden: "" }, this.place, this.color, this.path);
    /** One pixel to look at. */
    this.sample = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  }

  hide() {
    this.root.hidden = true;
  }

  /**
   * @param {{x: number, y: number}} point of the picture @param {number} reach how far a path may be off
   * @param {Size} picture @param {Frame | null} frame @param {ImageBitmap | null} source
   */
  show({ x, y }, reach, picture, frame, source) {
    const isInside = x >= 0 && y >= 0 && x < picture.width && y < picture.height;
    this.root.hidden = !isInside;
    if (!isInside) return;
    this.place.textContent = `x ${Math.floor(x)}, y ${Math.floor(y)}`;
    const color = source && this.colorAt(source, x / picture.width, y / picture.height);
    say(this.color, color, color ? `source ${color}` : "");
    const found = frame && findNearest(frame.layers, x, y, reach);
    say(this.path, found && (found.style.stroke ?? found.style.fill), found ? describeFound(found) : "");
  }

  /** @param {ImageBitmap} source @param {number} across 0 … 1 @param {number} down */
  colorAt(source, across, down) {
    const { sample } = this;
    if (!sample) return null;
    sample.clearRect(0, 0, 1, 1);
    sample.drawImage(source, Math.floor(across * source.width), Math.floor(down * source.height), 1, 1, 0, 0, 1, 1);
    const [red, green, blue] = sample.getImageData(0, 0, 1, 1).data;
    return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, "0")}`;
  }
}

/** @param {HTMLElement} part @param {string | null} color @param {string} text */
function say(part, color, text) {
  part.textContent = text;
  part.hidden = text === "";
  part.style.setProperty("--v2a-swatch", color ?? "transparent");
}
