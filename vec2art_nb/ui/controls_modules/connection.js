// @ts-check
/**
 * What all views of a model share: the panels of backends, their values, what they need, and the way to the kernel.
 *
 * @import { Move, Painted } from "./courier.js"
 * @import { Group, Value } from "./values.js"
 * @typedef {Record<string, Value>} Values
 * @typedef {Record<string, string | null>} Needs why a parameter has no effect
 * @typedef {Record<string, number>} Seen of each page, the last serial that was handled
 * @typedef {{type: "panel", backend: string, groups?: Group[], values: Values, needs: Needs, seen: Seen}} PanelMessage
 * @typedef {{type: "show", values: Values, needs: Needs, seen: Seen, by?: string}} ShowMessage by: a page that knows
 * @typedef {{type: "ready", page: string} | {type: "reset", backend: string, names: string[]} | {type: "painted"} & Painted
 *   | {type: "set", page: string, serial: number, gesture: number, backend: string, values: Values, painted: Painted | null}} Command
 * @typedef {{iopub: {status: (message: {content: {execution_state: string}}) => unknown}}} Callbacks
 * @typedef {object} Model
 * @property {(command: Command, callbacks?: Callbacks) => void} send
 * @property {(event: string, callback: (message: PanelMessage | ShowMessage) => void) => void} on
 * @typedef {{show: (names: Iterable<string>) => void, arrange: () => void, tellBusy: (isBusy: boolean) => void}} Listener
 */

import { Courier } from "./courier.js";
import { Movements } from "./movements.js";
import { isSame } from "./values.js";

/** The controls of one backend, and which of its groups are open. */
export class Panel {
  /** @param {Group[]} groups */
  constructor(groups) {
    this.groups = groups;
    this.written = JSON.stringify(groups);
    this.open = new Set(groups.slice(0, 1).map((group) => group.name));
  }
}

export class Connection {
  /** @param {Model} model @param {string} page a name that no other page has */
  constructor(model, page) {
    this.model = model;
    this.page = page;
    this.courier = new Courier(
      (serial, move, painted) => this.sendMove(serial, move, painted),
      (painted) => model.send({ type: "painted", ...painted }),
      (isBusy) => this.views.forEach((view) => view.tellBusy(isBusy)),
    );
    this.movements = new Movements();
    /** @type {Map<string, Panel>} */
    this.panels = new Map();
    this.backend = "";
    /** @type {Values} */
    this.values = {};
    /** @type {Needs} */
    this.needs = {};
    /** What came for a slider that a hand holds. @type {Map<string, Value>} */
    this.postponed = new Map();
    this.words = "";
    this.ids = 0;
    /** @type {Set<Listener>} */
    this.views = new Set();
    model.on("msg:custom", (message) => this.receive(message));
    model.send({ type: "ready", page }, whenHandled(() => this.courier.hear()));
  }

  get panel() {
    return this.panels.get(this.backend);
  }

  /** Each widget has these modules for itself, and all have one document. */
  newId() {
    return `v2a-${this.page}-${(this.ids += 1)}`;
  }

  // --- from the kernel ---

  /** @param {PanelMessage | ShowMessage} message */
  receive(message) {
    if (message.type === "panel") this.receivePanel(message);
    else if (this.panel && message.by !== this.page) {
      Object.assign(this.needs, message.needs);
      this.take(message.values, message.seen, Object.keys(message.needs));
    }
  }

  /** @param {PanelMessage} message */
  receivePanel({ backend, groups, values, needs, seen }) {
    const known = this.panels.get(backend);
    const isNew = groups && JSON.stringify(groups) !== known?.written;
    if (isNew) this.panels.set(backend, new Panel(groups));
    this.needs = needs;
    if (!isNew && backend === this.backend) return this.take(values, seen, Object.keys(values));
    this.backend = backend;
    this.values = values;
    this.courier.forget();
    this.postponed.clear();
    this.views.forEach((view) => view.arrange());
  }

  /** Take values, except where a hand has moved on. @param {Values} values @param {Seen} seen @param {string[]} others to be shown anew too */
  take(values, seen, others) {
    const names = new Set(others);
    for (const [name, value] of Object.entries(values)) {
      if (this.courier.isAhead(name, seen[this.page] ?? Infinity)) continue;
      if (this.movements.isHeld(name)) this.postponed.set(name, value);
      else {
        this.values[name] = value;
        names.add(name);
      }
    }
    this.views.forEach((view) => view.show(names));
  }

  // --- from a hand ---

  /** @param {string} name @param {Value} value */
  move(name, value) {
    if (isSame(value, this.values[name])) return;
    this.postponed.delete(name);
    this.values[name] = value;
    this.views.forEach((view) => view.show([name]));
    this.courier.put({ gesture: this.movements.of(name), backend: this.backend, name, value });
  }

  /** @param {number} pointer */
  release(pointer) {
    const name = this.movements.release(pointer);
    const value = name && this.postponed.get(name);
    if (name === undefined || value === undefined) return;
    this.postponed.delete(name);
    this.values[name] = value;
    this.views.forEach((view) => view.show([name]));
  }

  /** @param {string} name */
  reset(name) {
    this.courier.forget(name);
    this.model.send({ type: "reset", backend: this.backend, names: [name] });
  }

  /** @param {string} words */
  search(words) {
    this.words = words.trim();
    this.views.forEach((view) => view.arrange());
  }

  /** @param {Panel} panel @param {string} group */
  toggle(panel, group) {
    if (!panel.open.delete(group)) panel.open.add(group);
    this.views.forEach((view) => view.arrange());
  }

  // --- to the kernel ---

  /** @param {number} serial @param {Move} move @param {Painted | null} painted */
  sendMove(serial, { gesture, backend, name, value }, painted) {
    const { page } = this;
    const command = /** @type {const} */ ({ type: "set", page, serial, gesture, backend, values: { [name]: value }, painted });
    this.model.send(command, whenHandled(() => this.courier.handled(serial)));
  }
}

/** @param {() => void} act @returns {Callbacks} */
function whenHandled(act) {
  return { iopub: { status: ({ content }) => content.execution_state === "idle" && act() } };
}
