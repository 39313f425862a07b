// @ts-check
/**
 * Numbers one after the other: bars, paler ones behind them, or a line.
 *
 * @import { Paper } from "./sheet.js"
 * @typedef {{front: number[], behind?: number[], isLine?: boolean, color: string, text: (value: number) => string}} Series
 */

const LEFT = 52;

/** A round number that nothing exceeds. @param {number} most */
export function niceTop(most) {
  if (!(most > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * unit).find((top) => top >= most * 0.999) ?? 10 * unit;
}

/** @param {Series} series @returns {(paper: Paper) => void} */
export function paintSeries({ front, behind, isLine, color: name, text }) {
  return ({ context, width, height, color }) => {
    const top = niceTop(Math.max(0, ...front, ...(behind ?? [])));
    const base = height - 1;
    const unit = (base - 7) / top;
    const step = (width - LEFT) / Math.max(front.length, 20);
    const at = (/** @type {number} */ i) => width - (front.length - i) * step;
    context.fillStyle = color("soft");
    context.textAlign = "right";
    context.fillText(text(top), LEFT - 6, 7);
    context.fillText("0", LEFT - 6, base - 5);
    context.fillStyle = color("line");
    context.fillRect(LEFT, 6.5, width - LEFT, 0.5);
    context.fillRect(LEFT, base, width - LEFT, 1);
    // At whole pixels: between thin bars there would be streaks.
    const bars = (/** @type {number[]} */ values) => values.forEach((value, i) => {
      const [from, to] = [Math.round(at(i)), Math.round(at(i + 1))];
      context.fillRect(from, base - value * unit, to - from - (step >= 4 ? 1 : 0), value * unit);
    });
    if (behind) {
      context.fillStyle = color("ghost");
      bars(behind);
    }
    context.fillStyle = context.strokeStyle = color(name);
    if (!isLine) return bars(front);
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.beginPath();
    front.forEach((value, i) => context.lineTo(at(i) + step / 2, base - value * unit));
    context.stroke();
    return undefined;
  };
}
