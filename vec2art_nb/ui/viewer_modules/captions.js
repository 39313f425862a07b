// @ts-check
/**
 * What stands on the stage about what is to be seen there.
 *
 * @import { Way } from "./panes.js"
 */

/** Left and right, or above and below. @param {Way} way @param {number} onion 0 … 1 @param {number} difference 0 … 1, or NaN @returns {[string, string]} */
export function captionsOf(way, onion, difference) {
  if (way === "none") return ["", ""];
  if (way === "onion") return ["source", `drawing ${percent(onion)}`];
  if (way !== "difference") return ["source", "drawing"];
  return ["", Number.isNaN(difference) ? "no source to compare with" : `difference ${percent(difference)}, black where equal`];
}

/** @param {number} nodes in sight, -1 for too many @returns {string} */
export function hintOf(nodes) {
  return nodes < 0 ? "zoom in to see the points" : "";
}

/** @param {number} share 0 … 1 */
export function percent(share) {
  return `${Math.round(share * 100)} %`;
}
