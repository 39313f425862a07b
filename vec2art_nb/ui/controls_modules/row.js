// @ts-check
/**
 * One parameter: its label, its knob, its unit, what it needs when it has no effect, a mark while it is not the default.
 *
 * @import { Connection } from "./connection.js"
 * @import { Parameter } from "./values.js"
 */

import { element } from "./element.js";
import { knobFor } from "./knobs.js";
import { isSame, valueText } from "./values.js";

export class Row {
  /** @param {Parameter} parameter @param {Connection} connection @param {AbortSignal} signal */
  constructor(parameter, connection, signal) {
    const { name, label, unit } = parameter;
    this.parameter = parameter;
    this.connection = connection;
    this.signal = signal;
    /** @type {string | null | undefined} */
    this.need = undefined;
    this.isMarked = false;
    /** @type {HTMLElement | null} */
    this.mark = null;
    this.id = connection.newId();
    this.knob = knobFor(parameter, (value) => connection.move(name, value), signal);
    this.knob.main.id = this.id;
    const title = element("label", { class: "v2a-label", for: this.id }, label);
    title.addEventListener("dblclick", () => connection.reset(name), { signal });
    this.needs = element("span", { class: "v2a-needs", id: `${this.id}-needs` });
    this.root = element("div", { class: `v2a-row v2a-${parameter.kind} v2a-parameter-${name}` }, title, ...this.knob.nodes);
    if (unit) this.root.append(element("span", { class: "v2a-unit" }, unit));
    this.root.append(this.needs);
  }

  /** Show what holds; whatever is shown already costs nothing. */
  show() {
    const { name, default: normal } = this.parameter;
    const value = this.connection.values[name];
    if (value === undefined) return;
    this.knob.show(value);
    const isMarked = !isSame(value, normal);
    if (isMarked !== this.isMarked) this.showMark(isMarked);
    const need = this.connection.needs[name] ?? null;
    if (need !== this.need) this.showNeed(need);
  }

  /** @param {boolean} isMarked */
  showMark(isMarked) {
    this.isMarked = isMarked;
    if (!this.mark) {
      const title = `Back to the default, ${valueText(this.parameter.default)}`;
      this.mark = element("button", { type: "button", class: "v2a-changed-mark", title, "aria-label": title });
      this.mark.addEventListener("click", () => this.connection.reset(this.parameter.name), { signal: this.signal });
      this.root.prepend(this.mark);
    }
    this.root.classList.toggle("v2a-changed", isMarked);
  }

  /** @param {string | null} need */
  showNeed(need) {
    const { label, help } = this.parameter;
    this.need = need;
    this.knob.disable(need !== null);
    this.needs.textContent = need;
    this.root.classList.toggle("v2a-inactive", need !== null);
    this.root.title = `${label}: ${help}${need ? ` (${need})` : ""}`;
    if (need) this.knob.main.setAttribute("aria-describedby", this.needs.id);
    else this.knob.main.removeAttribute("aria-describedby");
  }
}
