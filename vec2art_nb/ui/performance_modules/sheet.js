// @ts-check
/**
 * A canvas that is as sharp as the screen, and painted anew when its size or the theme changes.
 *
 * @typedef {{context: CanvasRenderingContext2D, width: number, height: number, color: (name: string) => string}} Paper sizes in CSS pixels
 */

import { element } from "./element.js";

export const SMALL = "11px system-ui, sans-serif";

export class Sheet {
  /** @param {number} height in CSS pixels @param {AbortSignal} signal */
  constructor(height, signal) {
    this.canvas = element("canvas", { role: "img", class: "v2a-chart" });
    this.canvas.style.height = `${height}px`;
    this.context = this.canvas.getContext("2d");
    /** @type {((paper: Paper) => void) | null} */
    this.painter = null;
    this.width = 0;
    this.height = height;
    const sized = new ResizeObserver(([{ contentRect }]) => {
      this.width = contentRect.width;
      this.height = contentRect.height;
      this.paint();
    });
    sized.observe(this.canvas);
    signal.addEventListener("abort", () => sized.disconnect());
  }

  /** Show something, at once. @param {string} words the same for who does not see it @param {(paper: Paper) => void} painter */
  show(words, painter) {
    if (this.canvas.getAttribute("aria-label") !== words) this.canvas.setAttribute("aria-label", words);
    this.painter = painter;
    this.paint();
  }

  /** Paint what is shown, whole: nobody sees it half. */
  paint() {
    const { canvas, context, painter, width, height } = this;
    if (!context || !painter || !width || !height) return;
    const ratio = window.devicePixelRatio;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    const style = getComputedStyle(canvas);
    /** Asking for a style costs more than a bar does. @type {Map<string, string>} */
    const colors = new Map();
    const color = (/** @type {string} */ name) => {
      let found = colors.get(name);
      if (found === undefined) colors.set(name, (found = style.getPropertyValue(`--v2a-${name}`)));
      return found;
    };
    context.setTransform(across / width, 0, 0, down / height, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = SMALL;
    context.textBaseline = "middle";
    painter({ context, width, height, color });
  }
}
