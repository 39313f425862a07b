// @ts-check
/**
 * What a view is built of.
 *
 * @typedef {ReturnType<typeof buildParts>} Parts
 */

import { WAYS } from "./panes.js";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} attributes @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {string} text @param {string} title */
const button = (text, title) => element("button", { type: "button", title }, text);

/** @param {HTMLElement} readout */
export function buildParts(readout) {
  const keys = "0 1 + - c Shift+C n [ ]";
  const canvas = element("canvas", { class: "v2a-canvas", tabindex: "0", role: "img", "aria-keyshortcuts": keys });
  const range = { "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Wipe between source and drawing" };
  const handle = element("div", { class: "v2a-wipe", role: "slider", tabindex: "0", ...range });
  const captions = [element("span"), element("span")];
  const caption = element("div", { class: "v2a-captions", "aria-hidden": "true" }, ...captions);
  const hint = element("div", { class: "v2a-hint", role: "status", hidden: "" });
  const gone = element("div", { class: "v2a-gone", role: "alert", hidden: "" });
  const stage = element("div", { class: "v2a-stage" }, canvas, caption, handle, hint, readout, gone);

  const compare = button("Compare", "Compare source and drawing (c: next way)");
  const options = WAYS.map(([value, text]) => element("option", { value }, text));
  const way = element("select", { class: "v2a-way", "aria-label": "Way of comparing", title: "Way of comparing (c)" }, ...options);
  const onion = element("input", {
    ...{ class: "v2a-onion", type: "range", min: "0", max: "100", hidden: "" },
    ...{ "aria-label": "How much the drawing covers the source, percent", title: "Source … drawing ([ and ])" },
  });
  const nodes = button("Nodes", "Show the points of the drawing (n)");
  const fit = button("Fit", "Fit the picture into the view (0, double click)");
  const one = button("1:1", "One picture pixel to one screen pixel (1)");
  const comparing = element("div", { class: "v2a-group v2a-comparing", role: "group", "aria-label": "Compare" }, compare, way, onion);
  const places = element("div", { class: "v2a-group" }, nodes, fit, one);
  const group = element("div", { class: "v2a-group v2a-viewing" }, comparing, places);

  const status = element("span", { class: "v2a-status" });
  const zoom = element("span", { class: "v2a-zoom" });
  const note = element("div", { class: "v2a-note", role: "status" });
  const footer = element("div", { class: "v2a-footer" }, status, zoom, group, note);
  const root = element("div", { class: "v2a-root" }, stage, footer);
  return { root, stage, canvas, captions, handle, hint, gone, status, zoom, note, compare, way, onion, nodes, fit, one };
}
