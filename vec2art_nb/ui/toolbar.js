// @ts-check
/**
 * The toolbar in the browser: menus, undo, saving, the lines for progress and errors, and the keys of the studio.
 *
 * Each button is a command to the kernel; what the buttons show are synced traits, which only the kernel writes.
 *
 * @typedef {{text: string, done: number, total: number}} Progress
 * @typedef {{backends: string[], backend: string, presets: string[], preset: string, can_undo: boolean, can_redo: boolean,
 *   error: string, progress: Progress}} Traits
 * @typedef {{type: "backend" | "preset", name: string} | {type: "undo" | "redo"} | {type: "reset", names: string[]}
 *   | {type: "save", format: string, request: string} | {type: "code", request: string}} Command
 * @typedef {{type: "file", request: string, name: string, mime: string} | {type: "code", request: string, text: string}
 *   | {type: "refused", request: string}} Message
 * @typedef {{message: Message, buffers: DataView[]}} Reply
 * @typedef {object} Model
 * @property {<K extends keyof Traits>(name: K) => Traits[K]} get
 * @property {(command: Command) => void} send
 * @property {(event: string, callback: (message: Message, buffers: DataView[]) => void) => void} on
 * @property {(event: string, callback: (message: Message, buffers: DataView[]) => void) => void} off
 */

/** @type {(keyof Traits)[]} */
const TRAITS = ["backends", "backend", "presets", "preset", "can_undo", "can_redo", "error", "progress"];

const ICONS = {
  undo: "M6 3 2.5 6.5 6 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7",
  redo: "m10 3 3.5 3.5L10 10m3-3.5H6.5a3.5 3.5 0 0 0 0 7H9",
  reset: "M3.2 5.5a5.5 5.5 0 1 1-.7 3M3 2v3.7h3.7",
  save: "M8 2.5V10M4.8 7 8 10.2 11.2 7M3 13.5h10",
  copy: "M6 5.5h7.5v8H6zM10 5.5v-3H2.5v8H6",
};

// --- pure helpers, tested without a browser ---

/**
 * The options of a menu. When what is chosen has no name, an entry that says so comes first.
 * @param {string[]} names @param {string} chosen @param {string} unnamed @returns {{value: string, label: string}[]}
 */
export function menuOptions(names, chosen, unnamed) {
  const options = names.map((name) => ({ value: name, label: name }));
  return names.includes(chosen) ? options : [{ value: "", label: unnamed }, ...options];
}

/** @param {Progress} progress */
export function progressText({ text, done, total }) {
  return text && total > 0 ? `${text} (${done} of ${total})` : text;
}

/**
 * Whether a key takes a change back or makes it again, as keyboards of all systems have it.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 * @returns {"undo" | "redo" | null}
 */
export function historyKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (ctrlKey === metaKey || altKey) return null;
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && !shiftKey ? "redo" : null;
}

// --- DOM ---

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} attributes @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {string} path */
function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
  stroke.setAttribute("d", path);
  svg.append(stroke);
  return svg;
}

/** @param {HTMLSelectElement} select @param {string[]} names @param {string} chosen @param {string} unnamed */
function fillMenu(select, names, chosen, unnamed) {
  const options = menuOptions(names, chosen, unnamed);
  const present = [...select.options].map((option) => option.value);
  if (options.map(({ value }) => value).join("\n") !== present.join("\n")) {
    select.replaceChildren(...options.map(({ value, label }) => element("option", { value }, label)));
  }
  select.value = names.includes(chosen) ? chosen : "";
}

/** @param {string} text @returns {Promise<boolean>} whether it is on the clipboard */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or no secure context: the old way.
    const area = element("textarea", { class: "v2a-offscreen" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

/** What keys do in a studio beside its toolbar: undo and redo, and nothing to the notebook around it. */
class Desk {
  /** @param {HTMLElement} studio @param {(command: Command) => void} send @param {AbortSignal} signal */
  constructor(studio, send, signal) {
    this.studio = studio;
    this.send = send;
    /** Fields that somebody types into; until that is taken, their own undo holds. @type {Set<EventTarget>} */
    this.drafts = new Set();
    // A click between the controls leaves the focus here, and with it the keys.
    studio.tabIndex = -1;
    const early = { capture: true, signal };
    // JupyterLab listens on the document, so this listens one step before.
    window.addEventListener("keydown", (event) => this.press(event), early);
    studio.addEventListener("beforeinput", ({ target, inputType }) => {
      if (target && inputType !== "insertLineBreak") this.drafts.add(target); // Enter takes what was typed
    }, early);
    for (const end of ["change", "focusout"]) {
      studio.addEventListener(end, ({ target }) => target && this.drafts.delete(target), early);
    }
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { target } = event;
    if (!(target instanceof HTMLElement) || !this.studio.contains(target)) return;
    // JupyterLab binds bare keys in command mode: X cuts the cell, arrows leave it. In a studio they belong to the studio,
    // and so do undo and redo; but Ctrl+S and Shift+Enter do what they always do. Its selectors match what has the
    // focus, so nothing further out can stop them.
    const step = historyKey(event);
    const isLabs = !step && (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter"));
    target.toggleAttribute("data-lm-suppress-shortcuts", !isLabs);
    if (step && !this.isTyping(target)) {
      event.preventDefault();
      if (!this.studio.querySelector(".v2a-toolbar[inert]")) this.send({ type: step });
    } else if (event.key === "Escape") this.drafts.delete(target);
  }

  /** Whether undo belongs to a text that is being typed. @param {HTMLElement} target */
  isTyping(target) {
    const isText = target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "search");
    return isText || target.isContentEditable || this.drafts.has(target);
  }
}

class Toolbar {
  /** @param {Model} model @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(model, el, signal) {
    this.model = model;
    this.signal = signal;
    /** @type {Map<string, (reply: Reply) => void>} */
    this.requests = new Map();
    this.backends = this.menu("Backend: the way of drawing", "backend");
    this.presets = this.menu("Preset: parameters that go well together", "preset");
    this.undo = this.button("Undo", ICONS.undo, "", () => model.send({ type: "undo" }));
    this.redo = this.button("Redo", ICONS.redo, "", () => model.send({ type: "redo" }));
    this.reset = this.button("Reset all parameters to their defaults", ICONS.reset, "", () => model.send({ type: "reset", names: [] }));
    this.svg = this.button("Save the drawing as SVG", ICONS.save, "SVG", () => void this.save("svg"));
    this.png = this.button("Save the drawing as PNG", ICONS.save, "PNG", () => void this.save("png"));
    this.copy = this.button("Copy the Python code that makes this drawing", ICONS.copy, "Copy as code", () => void this.copyCode());
    this.bar = element("progress", { "aria-label": "Progress" });
    this.doing = element("span");
    this.progress = element("div", { class: "v2a-progress", role: "status", hidden: "" }, this.bar, this.doing);
    this.error = element("div", { class: "v2a-error", role: "alert", "aria-live": "assertive" });
    this.shelf = element("div", { class: "v2a-shelf", hidden: "" });

    /** @param {...Node} nodes */
    const group = (...nodes) => element("div", { class: "v2a-group" }, ...nodes);
    const bar = element("div", { class: "v2a-toolbar", role: "toolbar", "aria-label": "Studio" });
    bar.append(group(this.backends, this.presets), group(this.undo, this.redo, this.reset), group(this.svg, this.png, this.copy));
    const messages = element("div", { class: "v2a-messages" }, this.progress, this.error, this.shelf);
    this.root = element("div", { class: "v2a-tools" }, bar, messages);
    el.append(this.root);
    this.listen();
    this.tell();
    // Only once it has a size does this stand in its studio.
    const placed = new ResizeObserver(() => {
      const studio = bar.closest(".v2a-studio");
      if (!(studio instanceof HTMLElement)) return;
      placed.disconnect();
      new Desk(studio, (command) => model.send(command), signal);
    });
    placed.observe(bar);
    signal.addEventListener("abort", () => placed.disconnect());
  }

  listen() {
    const tell = () => this.tell();
    const receive = (/** @type {Message} */ message, /** @type {DataView[]} */ buffers) => {
      this.requests.get(message.request)?.({ message, buffers });
      this.requests.delete(message.request);
    };
    TRAITS.forEach((name) => this.model.on(`change:${name}`, tell));
    this.model.on("msg:custom", receive);
    this.signal.addEventListener("abort", () => {
      TRAITS.forEach((name) => this.model.off(`change:${name}`, tell));
      this.model.off("msg:custom", receive);
      this.root.remove();
    });
  }

  /** @param {string} title @param {"backend" | "preset"} type */
  menu(title, type) {
    const select = element("select", { title, "aria-label": title });
    select.addEventListener("change", () => select.value && this.model.send({ type, name: select.value }), { signal: this.signal });
    return select;
  }

  /** @param {string} title @param {string} path @param {string} text @param {() => void} act */
  button(title, path, text, act) {
    const button = element("button", { type: "button", title, "aria-label": title });
    if (path) button.append(icon(path));
    if (text) button.append(element("span", {}, text));
    button.addEventListener("click", act, { signal: this.signal });
    return button;
  }

  /** Bring menus, buttons and lines up to date. */
  tell() {
    const get = this.model.get;
    fillMenu(this.backends, get("backends"), get("backend"), "");
    fillMenu(this.presets, get("presets"), get("preset"), "custom");
    this.undo.disabled = !get("can_undo");
    this.redo.disabled = !get("can_redo");
    this.error.textContent = get("error");
    const { text, done, total } = get("progress");
    this.progress.hidden = text === "";
    this.doing.textContent = progressText({ text, done, total });
    if (total > 0) {
      this.bar.max = total;
      this.bar.value = done;
    } else this.bar.removeAttribute("value");
  }

  /** @param {(request: string) => Command} command @returns {Promise<Reply>} */
  ask(command) {
    const request = `${Date.now()}-${Math.random()}`;
    return new Promise((resolve) => {
      this.requests.set(request, resolve);
      this.model.send(command(request));
    });
  }

  /** @param {string} format */
  async save(format) {
    const { message, buffers } = await this.ask((request) => ({ type: "save", format, request }));
    if (message.type !== "file") return;
    const bytes = /** @type {DataView<ArrayBuffer>} */ (buffers[0]);
    const url = URL.createObjectURL(new Blob([bytes], { type: message.mime }));
    element("a", { href: url, download: message.name }).click();
    window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  async copyCode() {
    const { message } = await this.ask((request) => ({ type: "code", request }));
    if (message.type !== "code") return;
    if (await copyText(message.text)) {
      const label = this.copy.lastElementChild;
      if (label) label.textContent = "Copied";
      window.setTimeout(() => label && (label.textContent = "Copy as code"), 1500);
      return;
    }
    const text = element("textarea", { readonly: "", rows: "6", "aria-label": "Python code" });
    text.value = message.text;
    const close = this.button("Close", "", "Close", () => (this.shelf.hidden = true));
    this.shelf.replaceChildren(element("p", {}, "The clipboard is closed to this page; copy by hand:"), text, close);
    this.shelf.hidden = false;
    text.select();
  }
}

export default {
  /** @param {{model: Model, el: HTMLElement}} context */
  render({ model, el }) {
    const controller = new AbortController();
    new Toolbar(model, el, controller.signal);
    return () => controller.abort();
  },
};
