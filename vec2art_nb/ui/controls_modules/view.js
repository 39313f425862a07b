// @ts-check
/**
 * One view of the controls: a box to find a parameter, and the panel of the active backend.
 *
 * @import { Connection, Panel } from "./connection.js"
 * @import { Painted } from "./courier.js"
 */

import { element } from "./element.js";
import { PanelView } from "./panel.js";

const PREFIX = "v2a-parameter-";

/** The parameter of the row that an event happened in. @param {EventTarget | null} target */
function parameterAt(target) {
  const row = target instanceof Element ? target.closest(".v2a-row") : null;
  return [...(row?.classList ?? [])].find((name) => name.startsWith(PREFIX))?.slice(PREFIX.length) ?? "";
}

export class View {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.signal = signal;
    /** @type {Map<Panel, PanelView>} */
    this.panels = new Map();
    /** @type {PanelView | null} */
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
    // Before what they press hears of it.
    root.addEventListener("pointerdown", ({ target, pointerId }) => {
      const name = parameterAt(target);
      if (name) movements.press(name, pointerId, target instanceof HTMLInputElement && target.type === "range");
    }, { capture: true, signal });
    root.addEventListener("keydown", ({ target, timeStamp }) => {
      const name = parameterAt(target);
      if (name) movements.key(name, target, timeStamp);
    }, { capture: true, signal });
    // A text's own keys are nobody else's: JupyterLab, which hears of them, takes its undo away.
    root.addEventListener("keydown", (event) => {
      if (event.target instanceof HTMLInputElement) event.stopPropagation();
    }, { signal });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      window.addEventListener(end, ({ pointerId }) => connection.release(pointerId), { capture: true, signal });
    }
  }

  /** What the viewer has painted is told to the kernel together with the next value, where there is one. */
  listenToStudio() {
    const { root, signal } = this;
    const tell = (/** @type {Event} */ event) => {
      if (!(event instanceof CustomEvent)) return;
      /** @type {Painted} */
      const painted = event.detail;
      if (this.connection.courier.painted(painted)) event.preventDefault();
    };
    // Only once it has a size does this stand in its studio.
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
}
