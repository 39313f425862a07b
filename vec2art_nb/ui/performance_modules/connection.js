// @ts-check
/**
 * What all views of a panel share: the last report, and the way to the kernel.
 *
 * @import { Report } from "./report.js"
 * @typedef {{type: "watch", view: string, shown: boolean}} Command
 * @typedef {{get: (name: "folded") => boolean, send: (command: Command) => void, on: (event: string, callback: (message: Report) => void) => void}} Model
 * @typedef {{show: (report: Report) => void}} Listener
 */

export class Connection {
  /** @param {Model} model @param {string} page a name that no other page has */
  constructor(model, page) {
    this.model = model;
    this.isFolded = model.get("folded");
    this.page = page;
    this.numbers = 0;
    /** @type {Report | null} */
    this.report = null;
    /** @type {Set<Listener>} */
    this.views = new Set();
    model.on("msg:custom", (message) => {
      if (message.type !== "report") return;
      this.report = message;
      this.views.forEach((view) => view.show(message));
    });
  }

  /** Gives what tells the kernel whether a view is on the screen. */
  watcher() {
    const view = `${this.page}-${(this.numbers += 1)}`;
    return (/** @type {boolean} */ shown) => this.model.send({ type: "watch", view, shown });
  }
}
