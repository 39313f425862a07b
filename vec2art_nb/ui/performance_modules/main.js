// @ts-check
/**
 * The panel in the browser, as anywidget wants it: `initialize` for a model, `render` for each view of it.
 *
 * @import { Model } from "./connection.js"
 */

import { Connection } from "./connection.js";
import { View } from "./view.js";

export default () => {
  /** @type {Connection} */
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
    },
  };
};
