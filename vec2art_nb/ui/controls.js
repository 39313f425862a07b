// Generated from vec2art_nb/ui/controls_modules/main.js by make bundles. Edit the modules there.

// vec2art_nb/ui/controls_modules/courier.js
var GAP_MS = 50;
var EAGER_MS = 20;
var MOST_UNHANDLED = 4;
var PATIENCE_MS = 1e3;
var LONG_PATIENCE_MS = 1e4;
var BUSY_MS = 300;
var NEWS_MS = 16;
var PAGE_CLOCK = {
  now: () => performance.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  }
};
var Courier = class {
  /**
   * @param {(serial: number, move: Move, painted: Painted | null) => void} send
   * @param {(painted: Painted) => void} tell what was painted, when no value goes
   * @param {(isBusy: boolean) => void} show whether the kernel has other things to do
   * @param {Clock} clock
   */
  constructor(send, tell, show, clock = PAGE_CLOCK) {
    this.send = send;
    this.tell = tell;
    this.show = show;
    this.clock = clock;
    this.waiting = /* @__PURE__ */ new Map();
    this.lastOf = /* @__PURE__ */ new Map();
    this.serial = 0;
    this.known = 0;
    this.movedAt = -Infinity;
    this.leftAt = -Infinity;
    this.isPainted = false;
    this.news = null;
    this.cancelNews = () => {
    };
    this.hasTold = false;
    this.isDeaf = false;
    this.isBusy = false;
    this.cancelBusy = null;
    this.cancelWake = null;
    this.cancelPatience = () => {
    };
  }
  /** @param {Move} move */
  put(move) {
    this.waiting.set(move.gesture, move);
    this.movedAt = this.clock.now();
    this.leave();
  }
  /** A frame has been painted; whether this sees to its acknowledgement. @param {Painted} painted */
  painted(painted) {
    this.isPainted = true;
    if (this.clock.now() - this.movedAt > NEWS_MS && this.waiting.size === 0) return false;
    this.cancelNews();
    this.news = painted;
    this.cancelNews = this.clock.after(NEWS_MS, () => {
      if (this.news) this.tell(this.news);
      this.news = null;
    });
    this.leave();
    return true;
  }
  /** This front end tells of messages that were handled. */
  hear() {
    this.hasTold = true;
    this.isDeaf = false;
  }
  /** @param {number} serial */
  handled(serial) {
    this.hear();
    this.known = Math.max(this.known, serial);
    if (this.known === this.serial) {
      this.cancelPatience();
      this.cancelBusy?.();
      this.cancelBusy = null;
      this.setBusy(false);
    }
    this.leave();
  }
  /** Whether something newer of a parameter is on its way than what the kernel had seen. @param {string} name @param {number} seen */
  isAhead(name, seen) {
    return (this.lastOf.get(name) ?? 0) > seen || [...this.waiting.values()].some((move) => move.name === name);
  }
  /** Forget what has not left, of one parameter or of all. @param {string} [name] */
  forget(name) {
    for (const [gesture, move] of this.waiting) if (!name || move.name === name) this.waiting.delete(gesture);
  }
  /** Send what is next, if it may leave. */
  leave() {
    const [next] = this.waiting.values();
    const unhandled = this.isDeaf ? 0 : this.serial - this.known;
    if (!next || unhandled >= MOST_UNHANDLED) return;
    const gap = unhandled > 0 ? EAGER_MS : this.isPainted ? 0 : GAP_MS;
    const wait = this.leftAt + gap - this.clock.now();
    if (wait > 0) {
      this.cancelWake ??= this.clock.after(wait, () => {
        this.cancelWake = null;
        this.leave();
      });
      return;
    }
    this.cancelWake?.();
    this.cancelWake = null;
    this.waiting.delete(next.gesture);
    this.serial += 1;
    this.lastOf.set(next.name, this.serial);
    this.leftAt = this.clock.now();
    this.isPainted = false;
    this.cancelPatience();
    this.cancelPatience = this.clock.after(this.hasTold ? LONG_PATIENCE_MS : PATIENCE_MS, () => {
      this.isDeaf = !this.hasTold;
      this.known = this.serial;
      this.leave();
    });
    if (this.hasTold) this.cancelBusy ??= this.clock.after(BUSY_MS, () => this.setBusy(true));
    const { news } = this;
    this.news = null;
    this.cancelNews();
    this.send(this.serial, next, news);
  }
  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    if (isBusy === this.isBusy) return;
    this.isBusy = isBusy;
    this.show(isBusy);
  }
};

// vec2art_nb/ui/controls_modules/movements.js
var PAUSE_MS = 1e3;
var Movements = class {
  constructor() {
    this.count = 0;
    this.current = /* @__PURE__ */ new Map();
    this.held = /* @__PURE__ */ new Map();
    this.lastName = "";
    this.lastKey = { target: null, time: -Infinity };
  }
  /** @param {string} name */
  begin(name) {
    this.lastName = name;
    this.current.set(name, this.count += 1);
  }
  /** A pointer goes down on a part of a row, and holds it when it is a slider. @param {string} name @param {number} pointer @param {boolean} isSlider */
  press(name, pointer, isSlider) {
    this.lastKey.target = null;
    this.begin(name);
    if (isSlider) this.held.set(pointer, name);
  }
  /** A pointer goes up; what it has held until now, if anything. @param {number} pointer */
  release(pointer) {
    const name = this.held.get(pointer);
    this.held.delete(pointer);
    return name;
  }
  /** @param {string} name */
  isHeld(name) {
    return [...this.held.values()].includes(name);
  }
  /** @param {string} name @param {EventTarget | null} target @param {number} time */
  key(name, target, time) {
    if (target !== this.lastKey.target || time - this.lastKey.time > PAUSE_MS) this.begin(name);
    this.lastKey = { target, time };
  }
  /** The movement that a change belongs to, whatever made it. @param {string} name */
  of(name) {
    if (name !== this.lastName && !this.isHeld(name)) this.begin(name);
    return this.current.get(name) ?? 0;
  }
};

// vec2art_nb/ui/controls_modules/values.js
function isSame(one, other) {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((color, i) => color === other[i]);
}
function rounded(value) {
  return Number(value.toPrecision(10));
}
function numberText(value) {
  return String(Number(value.toPrecision(Math.abs(value) < 1e5 ? 6 : 10)));
}
function valueText(value) {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "on" : "off";
  return Array.isArray(value) ? value.join(", ") : value;
}
function spanOf({ soft, step, least }, value) {
  const [low, high] = soft ?? [value, value];
  if (value >= low || !step) return [Math.min(low, value), Math.max(high, value)];
  const below = rounded(low - Math.ceil(rounded((low - value) / step)) * step);
  return [least === null ? below : Math.max(least, below), high];
}
function matches({ name, label, help }, group, words) {
  const text = `${name} ${label} ${group} ${help}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// vec2art_nb/ui/controls_modules/connection.js
var Panel = class {
  /** @param {Group[]} groups */
  constructor(groups) {
    this.groups = groups;
    this.written = JSON.stringify(groups);
    this.open = new Set(groups.slice(0, 1).map((group) => group.name));
  }
};
var Connection = class {
  /** @param {Model} model @param {string} page a name that no other page has */
  constructor(model, page) {
    this.model = model;
    this.page = page;
    this.courier = new Courier(
      (serial, move, painted) => this.sendMove(serial, move, painted),
      (painted) => model.send({ type: "painted", ...painted }),
      (isBusy) => this.views.forEach((view) => view.tellBusy(isBusy))
    );
    this.movements = new Movements();
    this.panels = /* @__PURE__ */ new Map();
    this.backend = "";
    this.values = {};
    this.needs = {};
    this.postponed = /* @__PURE__ */ new Map();
    this.words = "";
    this.ids = 0;
    this.views = /* @__PURE__ */ new Set();
    model.on("msg:custom", (message) => this.receive(message));
    model.send({ type: "ready", page }, whenHandled(() => this.courier.hear()));
  }
  get panel() {
    return this.panels.get(this.backend);
  }
  /** Each widget has these modules for itself, and all have one document. */
  newId() {
    return `v2a-${this.page}-${this.ids += 1}`;
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
    if (name === void 0 || value === void 0) return;
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
    const command = (
      /** @type {const} */
      { type: "set", page, serial, gesture, backend, values: { [name]: value }, painted }
    );
    this.model.send(command, whenHandled(() => this.courier.handled(serial)));
  }
};
function whenHandled(act) {
  return { iopub: { status: ({ content }) => content.execution_state === "idle" && act() } };
}

// vec2art_nb/ui/controls_modules/element.js
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// vec2art_nb/ui/controls_modules/field.js
var Field = class {
  /** @param {HTMLInputElement} input @param {(text: string) => void} take @param {AbortSignal} signal */
  constructor(input, take, signal) {
    this.input = input;
    this.text = "";
    input.addEventListener("change", () => {
      take(input.value);
      this.restore();
    }, { signal });
    input.addEventListener("input", (event) => {
      if (!(event instanceof InputEvent && event.inputType)) take(input.value);
    }, { signal });
    input.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.restore();
      else if (key === "Enter") input.dispatchEvent(new Event("change", { bubbles: true }));
    }, { signal });
  }
  /** @param {string} text */
  write(text) {
    const isTyped = this.input.value !== this.text && this.input.matches(":focus");
    this.text = text;
    if (!isTyped) this.restore();
  }
  restore() {
    if (this.input.value !== this.text) this.input.value = this.text;
  }
};

// vec2art_nb/ui/controls_modules/knobs.js
var NEW_COLOR = "#808080";
function disableAll(parts, isDisabled) {
  for (const part of parts) part.disabled = isDisabled;
}
var NumberKnob = class {
  /** @param {Parameter} parameter @param {(value: number) => void} move @param {AbortSignal} signal */
  constructor(parameter, move, signal) {
    this.parameter = parameter;
    const { label, unit, kind, step, least, most } = parameter;
    const take = (value) => move(kind === "int" ? Math.round(value) : rounded(value));
    const input = element("input", { type: "number", step: String(step ?? "any"), "aria-label": `${label}, number${unit ? ` in ${unit}` : ""}` });
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
    if (range.min !== low) range.min = low;
    if (range.max !== high) range.max = high;
    if (range.valueAsNumber !== value) range.valueAsNumber = value;
  }
  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    disableAll([this.range, this.field.input], isDisabled);
  }
};
var SwitchKnob = class {
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
};
var ChoiceKnob = class {
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
};
var ColorKnob = class {
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
    if (/^#[0-9a-f]{6}$/.test(String(value)) && this.main.value !== value) this.main.value = String(value);
  }
  /** @param {boolean} isDisabled */
  disable(isDisabled) {
    disableAll([this.main, this.field.input], isDisabled);
  }
};
var PaletteKnob = class {
  /** @param {string} label @param {(value: string[]) => void} move @param {AbortSignal} signal */
  constructor(label, move, signal) {
    this.label = label;
    this.signal = signal;
    this.move = move;
    this.colors = [];
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
    const recolor = () => this.move(this.colors.map((color, i) => i === number ? swatch.value : color));
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
};
function knobFor(parameter, move, signal) {
  const { kind, label, choices } = parameter;
  if (kind === "bool") return new SwitchKnob(move, signal);
  if (kind === "choice") return new ChoiceKnob(choices, move, signal);
  if (kind === "color") return new ColorKnob(label, move, signal);
  if (kind === "palette") return new PaletteKnob(label, move, signal);
  return new NumberKnob(parameter, move, signal);
}

// vec2art_nb/ui/controls_modules/row.js
var Row = class {
  /** @param {Parameter} parameter @param {Connection} connection @param {AbortSignal} signal */
  constructor(parameter, connection, signal) {
    const { name, label, unit } = parameter;
    this.parameter = parameter;
    this.connection = connection;
    this.signal = signal;
    this.need = void 0;
    this.isMarked = false;
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
    if (value === void 0) return;
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
};

// vec2art_nb/ui/controls_modules/panel.js
var GroupView = class {
  /** @param {Group} group @param {Panel} panel @param {Connection} connection @param {AbortSignal} signal */
  constructor(group, panel, connection, signal) {
    this.group = group;
    this.panel = panel;
    this.connection = connection;
    this.signal = signal;
    this.rows = /* @__PURE__ */ new Map();
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
};
var PanelView = class {
  /** @param {Panel} panel @param {Connection} connection @param {AbortSignal} signal */
  constructor(panel, connection, signal) {
    this.groups = panel.groups.map((group) => new GroupView(group, panel, connection, signal));
    this.root = element("div", { class: "v2a-panel" }, ...this.groups.map((group) => group.root));
    this.groupOf = /* @__PURE__ */ new Map();
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
};

// vec2art_nb/ui/controls_modules/view.js
var PREFIX = "v2a-parameter-";
function parameterAt(target) {
  const row = target instanceof Element ? target.closest(".v2a-row") : null;
  return [...row?.classList ?? []].find((name) => name.startsWith(PREFIX))?.slice(PREFIX.length) ?? "";
}
var View = class {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.signal = signal;
    this.panels = /* @__PURE__ */ new Map();
    this.shown = null;
    this.search = element("input", { type: "search", placeholder: "find a parameter", "aria-label": "find a parameter" });
    this.root = element("div", { class: "v2a-controls" }, element("div", { class: "v2a-search" }, this.search));
    el.append(this.root);
    signal.addEventListener("abort", () => this.root.remove());
    this.listenToSearch();
    this.listenToHands();
    this.listenToStudio();
    this.arrange();
  }
  listenToSearch() {
    const { search, connection, signal } = this;
    search.addEventListener("input", () => connection.search(search.value), { signal });
    search.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !search.value) return;
      search.value = "";
      connection.search("");
    }, { signal });
  }
  listenToHands() {
    const { root, connection, signal } = this;
    const { movements } = connection;
    root.addEventListener("pointerdown", ({ target, pointerId }) => {
      const name = parameterAt(target);
      if (name) movements.press(name, pointerId, target instanceof HTMLInputElement && target.type === "range");
    }, { capture: true, signal });
    root.addEventListener("keydown", ({ target, timeStamp }) => {
      const name = parameterAt(target);
      if (name) movements.key(name, target, timeStamp);
    }, { capture: true, signal });
    root.addEventListener("keydown", (event) => {
      if (event.target instanceof HTMLInputElement) event.stopPropagation();
    }, { signal });
    for (
      const end of
      /** @type {const} */
      ["pointerup", "pointercancel"]
    ) {
      window.addEventListener(end, ({ pointerId }) => connection.release(pointerId), { capture: true, signal });
    }
  }
  /** What the viewer has painted is told to the kernel together with the next value, where there is one. */
  listenToStudio() {
    const { root, signal } = this;
    const tell = (event) => {
      if (!(event instanceof CustomEvent)) return;
      const painted = event.detail;
      if (this.connection.courier.painted(painted)) event.preventDefault();
    };
    const placed = new ResizeObserver(() => {
      const studio = root.closest(".v2a-studio");
      if (!studio) return;
      placed.disconnect();
      studio.addEventListener("v2a-painted", tell, { signal });
    });
    placed.observe(root);
    signal.addEventListener("abort", () => placed.disconnect());
  }
  /** Bring everything up to date: the panel, its groups, what a search leaves of them. */
  arrange() {
    const { panel, words } = this.connection;
    if (this.search.value.trim() !== words) this.search.value = words;
    if (!panel) return;
    let shown = this.panels.get(panel);
    if (!shown) {
      shown = new PanelView(panel, this.connection, this.signal);
      this.panels.set(panel, shown);
    }
    shown.arrange();
    if (shown === this.shown) return;
    this.shown?.root.remove();
    this.root.append(shown.root);
    this.shown = shown;
  }
  /** The viewer says so, where one looks while a hand moves. @param {boolean} isBusy */
  tellBusy(isBusy) {
    this.root.dispatchEvent(new CustomEvent("v2a-busy", { bubbles: true, detail: isBusy }));
  }
  /** @param {Iterable<string>} names */
  show(names) {
    this.shown?.show(names);
  }
};

// vec2art_nb/ui/controls_modules/main.js
var main_default = () => {
  let connection;
  return {
    /** @param {{model: Model}} context */
    initialize({ model }) {
      connection = new Connection(model, `${Date.now()}-${Math.random()}`);
    },
    /** @param {{el: HTMLElement}} context */
    render({ el }) {
      const controller = new AbortController();
      const view = new View(connection, el, controller.signal);
      connection.views.add(view);
      return () => {
        connection.views.delete(view);
        controller.abort();
      };
    }
  };
};
export {
  main_default as default
};
