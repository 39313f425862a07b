// @ts-check
/**
 * One view of the panel: the cards, painted while they are on the screen.
 *
 * @import { Connection } from "./connection.js"
 * @import { Report } from "./report.js"
 */

import { allCards } from "./cards.js";
import { element } from "./element.js";
import { Watch } from "./watch.js";

// A page that never rests shows a card after so long all the same.
const PATIENCE_MS = 100;

export class View {
  /** @param {Connection} connection @param {HTMLElement} el @param {AbortSignal} signal */
  constructor(connection, el, signal) {
    this.connection = connection;
    this.signal = signal;
    this.cards = allCards(signal);
    /** What is being shown. @type {Report | null} */
    this.waiting = null;
    this.next = 0;
    this.root = element("div", { class: "v2a-performance", role: "region", "aria-label": "Performance" });
    this.sheet = element("div", { class: "v2a-cards" }, ...this.cards.map(({ root }) => root));
    this.root.append(connection.isFolded ? element("details", {}, element("summary", {}, "Performance"), this.sheet) : this.sheet);
    el.append(this.root);
    signal.addEventListener("abort", () => this.root.remove());
    if (connection.report) this.show(connection.report);
    this.listenToTheme(signal);
    this.listenToScreen(signal);
  }

  /** @param {AbortSignal} signal */
  listenToScreen(signal) {
    const watch = new Watch(this.connection.watcher());
    const placed = new IntersectionObserver((entries) => watch.place(entries.at(-1)?.isIntersecting ?? false));
    placed.observe(this.sheet);
    const look = () => watch.page(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look, { signal });
    look();
    signal.addEventListener("abort", () => {
      placed.disconnect();
      watch.place(false);
    });
  }

  /** @param {AbortSignal} signal */
  listenToTheme(signal) {
    const changed = new MutationObserver(() => {
      if (this.connection.report) this.show(this.connection.report);
    });
    changed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
    signal.addEventListener("abort", () => changed.disconnect());
  }

  /** Show the newest report when the page has nothing better to do, a card at a time. @param {Report} report */
  show(report) {
    const isWaiting = this.waiting !== null;
    this.waiting = report;
    if (isWaiting) return;
    this.next = 0;
    this.later(() => this.showNext());
  }

  showNext() {
    const report = this.waiting;
    if (!report || this.signal.aborted) return;
    this.cards[this.next].show(report);
    this.next += 1;
    if (this.next < this.cards.length) return this.later(() => this.showNext());
    this.waiting = null;
    this.root.dataset.reports = String(Number(this.root.dataset.reports ?? 0) + 1);
    return undefined;
  }

  /** A hand that moves goes first. @param {() => void} act */
  later(act) {
    if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: PATIENCE_MS });
    else setTimeout(act, 0); // Safari
  }
}
