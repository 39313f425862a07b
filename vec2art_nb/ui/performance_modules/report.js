// @ts-check
/**
 * What the kernel tells: numbers of mechanisms, and of charts. Times are milliseconds.
 *
 * @typedef {object} Mechanism what was not measured is null
 * @property {number} total
 * @property {number | null} hits
 * @property {number | null} hit_ratio
 * @property {number | null} saved_ms
 * @property {number | null} bytes
 * @property {number | null} saved_bytes
 * @property {number | null} ms_median
 * @property {number | null} ms_p95
 * @typedef {{frame: number[], wait_ms: number[], ms: number[], purpose: string[], outcome: string[]}} Frames
 * @typedef {{stage: string, outcome: string, start: number, ms: number}} Part
 * @typedef {{frame: number, purpose: string, outcome: string, ms: number, run: number, hit: number, parts: Part[]}} Timeline
 * @typedef {{stage: string, run: number, hit: number, ms: number, bytes: number}} StageCount
 * @typedef {{leased_bytes: number[], idle_bytes: number[]}} Pool
 * @typedef {{thread: number, launches: number, busy: number | null}} ThreadCount
 * @typedef {{bytes: number[], plain_bytes: number[], round_trip_ms: number[], painting_ms: number[]}} Wire
 * @typedef {{expected_ms: number[], ms: number[]}} Predictions
 * @typedef {object} Charts
 * @property {Frames} frames
 * @property {Timeline[]} timeline
 * @property {StageCount[]} stages
 * @property {Pool} pool
 * @property {ThreadCount[]} threads
 * @property {number[]} batches
 * @property {Wire} wire
 * @property {Predictions} predictions
 * @typedef {{type: "report", mechanisms: Record<string, Mechanism>, charts: Charts}} Report
 */

/** @type {Mechanism} */
const NOTHING = { total: 0, hits: 0, hit_ratio: null, saved_ms: null, bytes: null, saved_bytes: null, ms_median: null, ms_p95: null };

/** @param {Report} report @param {string} name */
export function mechanism(report, name) {
  return report.mechanisms[name] ?? NOTHING;
}
