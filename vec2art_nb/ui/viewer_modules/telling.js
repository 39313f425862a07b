// @ts-check
/**
 * Everything that a view says in words.
 *
 * @import { View } from "./view.js"
 */

import { captionsOf, hintOf, percent } from "./captions.js";
import { contents, statusText } from "./words.js";

const NEAR = 12; // CSS pixels: a path so near to the pointer is meant

/** Bring labels, buttons and the status line up to date. @param {View} view */
export function tell(view) {
  const { parts, shownWay: way, wipe, told, transform } = view;
  const { frame, complaint } = view.connection;
  const { state } = view;
  parts.compare.setAttribute("aria-pressed", String(view.isComparing));
  parts.nodes.setAttribute("aria-pressed", String(view.hasNodes));
  parts.way.value = view.way;
  parts.onion.hidden = way !== "onion";
  parts.onion.valueAsNumber = Math.round(view.onion * 100);
  parts.handle.hidden = way !== "wipe" || !frame;
  parts.handle.style.left = `${wipe * 100}%`;
  parts.handle.setAttribute("aria-valuenow", String(Math.round(wipe * 100)));
  parts.handle.setAttribute("aria-valuetext", `source ${percent(wipe)}, drawing ${percent(1 - wipe)}`);
  const isAbove = view.panes.length > 1 && view.panes[1].x === 0;
  captionsOf(way, view.onion, told.difference).forEach((text, i) => {
    say(parts.captions[i], frame ? text : "");
    parts.captions[i].style.top = isAbove && i > 0 ? "50%" : "0";
  });
  say(parts.hint, hintOf(told.nodes));
  parts.hint.hidden = parts.hint.textContent === "";
  parts.stage.style.setProperty("--v2a-aspect", String(view.picture.width / view.picture.height));
  const counts = frame ? contents(frame).join(", ") : "not there yet";
  parts.canvas.setAttribute("aria-label", `Drawing of ${view.model.get("name")}: ${counts}`);
  Object.assign(parts.root.dataset, { state, way, nodes: told.nodes });
  say(parts.status, statusText(frame, state));
  say(parts.note, complaint || (frame?.notes.join(" ") ?? ""));
  say(parts.zoom, percent(transform.scale * view.ratio));
  tellPointed(view);
}

/** The same text written once more would be laid out once more, sixty times a second. @param {Element} part @param {string} text */
function say(part, text) {
  if (part.textContent !== text) part.textContent = text;
}

/** Say what lies under the pointer. @param {View} view */
export function tellPointed({ pointed, transform, room, readout, picture, connection }) {
  const { scale } = transform;
  if (!pointed) return readout.hide();
  const point = { x: (pointed.x - transform.x) / scale, y: (pointed.y - transform.y) / scale };
  readout.show(point, NEAR / scale, picture, connection.frame, connection.source);
  // It gives way to the pointer.
  readout.root.classList.toggle("v2a-away", pointed.y > room.height - 60 && pointed.x < room.width / 2);
}
