// @ts-check
/**
 * Values of parameters: when two are the same, how they read, what a slider spans for them.
 *
 * @typedef {number | string | boolean | string[]} Value
 * @typedef {"bool" | "int" | "float" | "choice" | "color" | "palette"} Kind
 * @typedef {{name: string, label: string, help: string, unit: string | null, kind: Kind, choices: (string | number)[],
 *   soft: [number, number] | null, step: number | null, least: number | null, most: number | null, default: Value}} Parameter
 * @typedef {{name: string, rows: Parameter[]}} Group
 */

/** @param {Value | undefined} one @param {Value | undefined} other */
export function isSame(one, other) {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((color, i) => color === other[i]);
}

/** 0.1 + 0.2 is what a slider makes of 0.3. @param {number} value */
export function rounded(value) {
  return Number(value.toPrecision(10));
}

/** A number as people write it. @param {number} value */
export function numberText(value) {
  return String(Number(value.toPrecision(Math.abs(value) < 1e5 ? 6 : 10)));
}

/** @param {Value} value */
export function valueText(value) {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "on" : "off";
  return Array.isArray(value) ? value.join(", ") : value;
}

/**
 * The soft range, made wider while the value lies outside. The lower end keeps to the steps: they are counted from it.
 * @param {Pick<Parameter, "soft" | "step" | "least">} parameter @param {number} value
 * @returns {[number, number]}
 */
export function spanOf({ soft, step, least }, value) {
  const [low, high] = soft ?? [value, value];
  if (value >= low || !step) return [Math.min(low, value), Math.max(high, value)];
  const below = rounded(low - Math.ceil(rounded((low - value) / step)) * step);
  return [least === null ? below : Math.max(least, below), high];
}

/** Whether a person who types these words means this parameter. @param {Parameter} parameter @param {string} group @param {string} words */
export function matches({ name, label, help }, group, words) {
  const text = `${name} ${label} ${group} ${help}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
