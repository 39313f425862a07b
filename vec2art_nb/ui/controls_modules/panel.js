// @ts-check
/**
 * The groups of one backend in one view. A group's rows are made when it is first opened, or hit by a search.
 *
 * @import { Connection, Panel } from "./connection.js"
 * @import { Group } from "./values.js"
 */

import { element } from "./element.js";
import { Row } from "./row.js";
import { matches } from "./values.js";

class GroupView {
  /** @param {Group} group @param {Panel} panel @param {Connection} connection @param {AbortSignal} signal */
  constructor(group, panel, connection, signal) {
    this.group = group;
    this.panel = panel;
    this.connection = connection;
    this.signal = signal;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.heading = element("button", { type: "button", class: "v2a-heading" }, group.name);
    this.heading.addEventListener("click", () => connection.toggle(panel, group.name), { signal });
    this.body = element("div", { class: "v2a-body", role: "group", "aria-label": group.name, hidden: "" });
    this.root = element("div", { class: "v2a-control-group" }, this.heading, this.body);
  }

  /** Show what the heading and the words of a search leave to see; without words, everything when it is open. */
  arrange() {
    const { name, rows: parameters } = this.group;
    const { words } = this.connection;
    const hits = new Set(parameters.filter((parameter) => matches(parameter, name, words)));
    const isOpen = words ? hits.size > 0 : this.panel.open.has(name);
    if (isOpen) {
      if (this.rows.size === 0) this.make();
      for (const row of this.rows.values()) {
        row.root.hidden = !hits.has(row.parameter);
        row.show();
      }
    }
    this.root.hidden = hits.size === 0;
    this.body.hidden = !isOpen;
    this.heading.setAttribute("aria-expanded", String(isOpen));
  }

  make() {
    for (const parameter of this.group.rows) {
      this.rows.set(parameter.name, new Row(parameter, this.connection, this.signal));
    }
    this.body.append(...[...this.rows.values()].map((row) => row.root));
  }
}

export class PanelView {
  /** @param {Panel} panel @param {Connection} connection @param {AbortSignal} signal */
  constructor(panel, connection, signal) {
    this.groups = panel.groups.map((group) => new GroupView(group, panel, connection, signal));
    this.root = element("div", { class: "v2a-panel" }, ...this.groups.map((group) => group.root));
    /** @type {Map<string, GroupView>} */
    this.groupOf = new Map();
    for (const view of this.groups) for (const { name } of view.group.rows) this.groupOf.set(name, view);
  }

  arrange() {
    for (const group of this.groups) group.arrange();
  }

  /** @param {Iterable<string>} names */
  show(names) {
    for (const name of names) {
      const group = this.groupOf.get(name);
      if (group && !group.body.hidden) group.rows.get(name)?.show();
    }
  }
}
