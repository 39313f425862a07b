// @ts-check
/**
 * Rows of a word, a bar and a number: elements, so that they are read as they are seen. Only what changes is touched.
 * No `dl`: JupyterLab has its own idea of how that looks.
 *
 * @typedef {{name: string, share: number | null, text: string, color?: string, title?: string}} BarRow share of the whole width
 */

import { element } from "./element.js";

class Row {
  constructor() {
    this.name = element("span", { class: "v2a-bar-name" });
    this.fill = element("span");
    this.text = element("span", { class: "v2a-bar-text" });
    const bar = element("span", { class: "v2a-bar", "aria-hidden": "true" }, this.fill);
    this.root = element("div", { role: "listitem" }, this.name, bar, this.text);
  }

  /** @param {BarRow} row */
  show({ name, share, text, color = "live", title = "" }) {
    write(this.name, name);
    write(this.text, text);
    if (this.name.title !== title) this.name.title = title;
    const wide = `${((share ?? 0) * 100).toFixed(1)}%`;
    if (this.fill.style.width !== wide) this.fill.style.width = wide;
    const paint = `var(--v2a-${color})`;
    if (this.fill.style.background !== paint) this.fill.style.background = paint;
  }
}

export class Bars {
  constructor() {
    this.root = element("div", { role: "list", class: "v2a-bars" });
    /** @type {Row[]} */
    this.rows = [];
  }

  /** @param {BarRow[]} given */
  show(given) {
    while (this.rows.length > given.length) {
      this.rows.pop()?.root.remove();
    }
    while (this.rows.length < given.length) {
      const row = new Row();
      this.rows.push(row);
      this.root.append(row.root);
    }
    given.forEach((row, i) => this.rows[i].show(row));
  }
}

/** @param {HTMLElement} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
