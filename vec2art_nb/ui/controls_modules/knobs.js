// @ts-check
/**
 * What a parameter is turned with, by its kind.
 *
 * @import { Parameter, Value } from "./values.js"
 * @typedef {object} Knob
 * @property {HTMLElement[]} nodes what stands in the row
 * @property {HTMLElement} main what its label is tied to
 * @property {(value: Value) => void} show
 * @property {(isDisabled: boolean) => void} disable
 */

import { element } from "./element.js";
import { Field } from "./field.js";
import { isSame, numberText, rounded, spanOf } from "./values.js";

const NEW_COLOR = "#808080";

/** @param {(HTMLInputElement | HTMLSelectElement | HTMLButtonElement)[]} parts @param {boolean} isDisabled */
function disableAll(parts, isDisabled) {
  for (const part of parts) part.disabled = isDisabled;
}

/** A slider over the soft range, and a field beside it that takes the whole hard range. @implements {Knob} */
class NumberKnob {
  /** @param {Parameter} parameter @param {(value: number) => void} move @param {AbortSignal} signal */
  constructor(parameter, move, signal) {
    this.parameter = parameter;
    const { label, unit, kind, step, least, most } = parameter;
    const take = (/** @type {number} */ value) => move(kind === "int" ? Math.round(value) : rounded(value));
    const input = element("input", { type: "number", step: String(step ?? "any"), "aria-label": `${label}, number${unit ? ` in ${unit}` : ""}` });
    // Arrows go by steps from the least, so only one that lies on a step may be told.
    if (least !== null && (!step || Number.isInteger(rounded(least / step)))) input.min = String(least);
    if (most !== null) input.max = String(most);
    this.field = new Field(input, (text) => text !== "" && take(Number(text)), signal);
    this.range = element("input", { type: "range", step: String(step ?? "any") });
    this.isMoved = false;
    this.nodes = [this.range, input];
    this.main = this.range;
    this.range.addEventListener("input", () => {
      this.isMoved = true;
      take(this.range.valueAsNumber);
      this.isMoved = false;
    }, { signal });
    // Not under the hand: a slider that was wider gets its range back when the hand lets go.
    this.range.addEventListener("change", () => this.fit(this.value), { signal });
    this.value = NaN;
  }

  /** @param {Value} value */
  show(value) {
    this.value = Number(value);
    this.field.write(numberText(this.value));
    if (!this.isMoved) this.fit(this.value);
  }

  /** @param {number} value */
  fit(value) {
    const { range } = this;
    const [low, high] = spanOf(this.parameter, value).map(String);
    // First the ends: a browser holds the value between them.
    if (range.min !== low) range.min = low;
    if (range.max !== high) range.max = high;
    if (range.valueAsNumber !== value) range.valueAsNumber = value;
  }

  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    disableAll([this.range, this.field.input], isDisabled);
  }
}

/** @implements {Knob} */
class SwitchKnob {
  /** @param {(value: boolean) => void} move @param {AbortSignal} signal */
  constructor(move, signal) {
    this.main = element("input", { type: "checkbox" });
    this.nodes = [this.main];
    this.main.addEventListener("change", () => move(this.main.checked), { signal });
  }

  /** @param {Value} value */
  show(value) {
    this.main.checked = value === true;
  }

  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    this.main.disabled = isDisabled;
  }
}

/** @implements {Knob} */
class ChoiceKnob {
  /** @param {(string | number)[]} choices @param {(value: string | number) => void} move @param {AbortSignal} signal */
  constructor(choices, move, signal) {
    this.choices = choices;
    this.main = element("select", {}, ...choices.map((choice) => element("option", {}, String(choice))));
    this.nodes = [this.main];
    this.main.addEventListener("change", () => move(choices[this.main.selectedIndex]), { signal });
  }

  /** @param {Value} value */
  show(value) {
    this.main.selectedIndex = this.choices.findIndex((choice) => choice === value);
  }

  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    this.main.disabled = isDisabled;
  }
}

/** A swatch, and a field beside it that takes names too. @implements {Knob} */
class ColorKnob {
  /** @param {string} label @param {(value: string) => void} move @param {AbortSignal} signal */
  constructor(label, move, signal) {
    this.main = element("input", { type: "color" });
    this.field = new Field(element("input", { type: "text", "aria-label": `${label}, by name or number`, spellcheck: "false" }), move, signal);
    this.nodes = [element("span", { class: "v2a-color" }, this.main, this.field.input)];
    this.main.addEventListener("input", () => move(this.main.value), { signal });
  }

  /** @param {Value} value */
  show(value) {
    this.field.write(String(value));
    // What is no number yet, the kernel will say in a moment.
    if (/^#[0-9a-f]{6}$/.test(String(value)) && this.main.value !== value) this.main.value = String(value);
  }

  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    disableAll([this.main, this.field.input], isDisabled);
  }
}

/** A row of colours with one button to add and one to take away. @implements {Knob} */
class PaletteKnob {
  /** @param {string} label @param {(value: string[]) => void} move @param {AbortSignal} signal */
  constructor(label, move, signal) {
    this.label = label;
    this.signal = signal;
    this.move = move;
    /** @type {string[]} */
    this.colors = [];
    /** @type {HTMLInputElement[]} */
    this.swatches = [];
    this.isDisabled = false;
    this.more = this.button("v2a-more", "Add a colour", () => move([...this.colors, NEW_COLOR]));
    this.fewer = this.button("v2a-fewer", "Take the last colour away", () => move(this.colors.slice(0, -1)));
    this.main = element("span", { class: "v2a-palette", role: "group", "aria-label": label }, this.more, this.fewer);
    this.nodes = [this.main];
  }

  /** @param {Value} value */
  show(value) {
    if (!Array.isArray(value)) return;
    while (this.swatches.length > value.length) this.swatches.pop()?.remove();
    while (this.swatches.length < value.length) this.addSwatch();
    this.swatches.forEach((swatch, i) => swatch.value !== value[i] && (swatch.value = value[i]));
    if (!isSame(value, this.colors)) this.colors = [...value];
    this.disable(this.isDisabled);
  }

  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    this.isDisabled = isDisabled;
    disableAll([...this.swatches, this.more], isDisabled);
    this.fewer.disabled = isDisabled || this.colors.length < 2;
  }

  addSwatch() {
    const number = this.swatches.length;
    const swatch = element("input", { type: "color", "aria-label": `${this.label}, ${number + 1}` });
    const recolor = () => this.move(this.colors.map((color, i) => (i === number ? swatch.value : color)));
    swatch.addEventListener("input", recolor, { signal: this.signal });
    this.swatches.push(swatch);
    this.more.before(swatch);
  }

  /** @param {string} kind @param {string} title @param {() => void} act */
  button(kind, title, act) {
    const button = element("button", { type: "button", class: kind, title, "aria-label": title });
    button.addEventListener("click", act, { signal: this.signal });
    return button;
  }
}

/** @param {Parameter} parameter @param {(value: Value) => void} move @param {AbortSignal} signal @returns {Knob} */
export function knobFor(parameter, move, signal) {
  const { kind, label, choices } = parameter;
  if (kind === "bool") return new SwitchKnob(move, signal);
  if (kind === "choice") return new ChoiceKnob(choices, move, signal);
  if (kind === "color") return new ColorKnob(label, move, signal);
  if (kind === "palette") return new PaletteKnob(label, move, signal);
  return new NumberKnob(parameter, move, signal);
}
