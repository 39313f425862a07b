// @ts-check
/**
 * Where the picture stands on the stage: fitting, zooming, panning. Nothing here knows of the browser.
 *
 * @typedef {{scale: number, x: number, y: number}} Transform screen = picture × scale + (x, y), in CSS pixels
 * @typedef {{width: number, height: number}} Size
 */

const ZOOM_LIMITS = { least: 0.02, most: 64 };

/** Pixels of the page that stay in sight however far one pans. */
export const REACH = 40;

/** @param {Size} picture @param {Size} stage @returns {Transform} */
export function fitted(picture, stage) {
  const scale = Math.min(stage.width / picture.width, stage.height / picture.height);
  return centred(picture, stage, scale);
}

/** @param {Size} picture @param {Size} stage @param {number} scale @returns {Transform} */
export function centred(picture, stage, scale) {
  return { scale, x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2 };
}

/** The point under the pointer stays where it is. @param {Transform} from @param {number} x @param {number} y @param {number} factor */
export function zoomed(from, x, y, factor) {
  const scale = Math.min(ZOOM_LIMITS.most, Math.max(ZOOM_LIMITS.least, from.scale * factor));
  const real = scale / from.scale;
  return { scale, x: x - (x - from.x) * real, y: y - (y - from.y) * real };
}

/** The page never leaves the stage altogether. @param {Transform} at @param {Size} picture @param {Size} stage @returns {Transform} */
export function held(at, picture, stage) {
  /** @param {number} start @param {number} length @param {number} room */
  const hold = (start, length, room) => Math.min(room - REACH, Math.max(REACH - length, start));
  return {
    scale: at.scale,
    x: hold(at.x, picture.width * at.scale, stage.width),
    y: hold(at.y, picture.height * at.scale, stage.height),
  };
}
