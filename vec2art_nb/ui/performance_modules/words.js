// @ts-check
/** Numbers as people read them. What was not measured is a dash. */

const NONE = "–";

/** @param {number} value */
function short(value) {
  const size = Math.abs(value);
  return size >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toFixed(size >= 10 ? 1 : 2);
}

/** @param {number | null} ms */
export function timeText(ms) {
  if (ms === null) return NONE;
  if (ms >= 1000) return `${short(ms / 1000)} s`;
  return ms > 0 && ms < 0.095 ? `${(ms * 1000).toFixed(0)} µs` : `${short(ms)} ms`;
}

/** @param {number | null} bytes */
export function bytesText(bytes) {
  if (bytes === null) return NONE;
  for (const [unit, size] of /** @type {const} */ ([["GB", 1e9], ["MB", 1e6], ["kB", 1e3]])) {
    if (Math.abs(bytes) >= size) return `${short(bytes / size)} ${unit}`;
  }
  return `${short(bytes)} B`;
}

/** @param {number | null} share */
export function shareText(share) {
  if (share === null) return NONE;
  // All is only all, and nothing nothing.
  if (share > 0.995 && share < 1) return ">99 %";
  if (share > 0 && share < 0.005) return "<1 %";
  return `${Math.round(share * 100)} %`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function countText(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** The name of a stage in words. @param {string} name */
export function stageText(name) {
  return name.replaceAll("_", " ");
}
