// @ts-check
/**
 * What was expected of stages against what they took, both by powers of ten: on the line they are the same.
 *
 * @import { Predictions } from "./report.js"
 * @import { Paper } from "./sheet.js"
 */

export const RIGHT_SHARE = 0.2;
const LEFT = 48;
const BELOW = 18;
// What a label across needs.
const WORD = 64;

/** The powers of ten that hold all, at least two of them. @param {Predictions} predictions @returns {[number, number]} */
export function decadesOf({ expected_ms, ms }) {
  const all = [...expected_ms, ...ms].filter((value) => value > 0);
  if (!all.length) return [-1, 1];
  const low = Math.floor(Math.log10(Math.min(...all)));
  return [low, Math.max(low + 2, Math.ceil(Math.log10(Math.max(...all))))];
}

/** @param {number} decade a power of ten, of milliseconds */
export function decadeText(decade) {
  if (decade >= 3) return `${10 ** (decade - 3)} s`;
  return decade >= -1 ? `${Number((10 ** decade).toPrecision(1))} ms` : `${Number((10 ** (decade + 3)).toPrecision(1))} µs`;
}

/** @param {Predictions} predictions @returns {(paper: Paper) => void} */
export function paintPredictions(predictions) {
  return ({ context, width, height, color }) => {
    const [low, high] = decadesOf(predictions);
    const share = (/** @type {number} */ value) => (Math.log10(value) - low) / (high - low);
    const x = (/** @type {number} */ value) => LEFT + share(value) * (width - LEFT - 6);
    const y = (/** @type {number} */ value) => height - BELOW - share(value) * (height - BELOW - 6);
    const [least, most] = [10 ** low, 10 ** high];
    context.save();
    context.beginPath();
    context.rect(LEFT, 6, width - LEFT - 6, height - BELOW - 6);
    context.clip();
    // Within this band a prediction was right.
    context.fillStyle = color("ghost");
    context.beginPath();
    for (const [value, factor] of [[least, 1 + RIGHT_SHARE], [most, 1 + RIGHT_SHARE], [most, 1 - RIGHT_SHARE], [least, 1 - RIGHT_SHARE]]) {
      context.lineTo(x(value * factor), y(value));
    }
    context.fill();
    context.restore();
    context.fillStyle = color("soft");
    const apart = Math.ceil((WORD * (high - low)) / (width - LEFT - 6));
    for (let decade = low; decade <= high; decade += 1) {
      const value = 10 ** decade;
      context.textAlign = "right";
      context.fillText(decadeText(decade), LEFT - 5, Math.min(y(value), height - BELOW - 2));
      if ((high - decade) % apart) continue;
      context.textAlign = decade === high ? "right" : decade === low ? "left" : "center";
      context.fillText(decadeText(decade), x(value), height - 7);
    }
    context.strokeStyle = color("line");
    context.strokeRect(LEFT + 0.5, 6.5, width - LEFT - 7, height - BELOW - 7);
    context.fillStyle = color("live");
    context.globalAlpha = 0.55;
    predictions.ms.forEach((ms, i) => {
      context.beginPath();
      context.arc(x(predictions.expected_ms[i]), y(ms), 2.2, 0, 2 * Math.PI);
      context.fill();
    });
    context.globalAlpha = 1;
  };
}
