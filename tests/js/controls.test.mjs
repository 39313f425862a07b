// @ts-check
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Connection } from "../../vec2art_nb/ui/controls_modules/connection.js";
import { Movements } from "../../vec2art_nb/ui/controls_modules/movements.js";
import { isSame, matches, numberText, rounded, spanOf, valueText } from "../../vec2art_nb/ui/controls_modules/values.js";

/**
 * @import { Callbacks, Command, PanelMessage, ShowMessage, Values } from "../../vec2art_nb/ui/controls_modules/connection.js"
 * @import { Parameter } from "../../vec2art_nb/ui/controls_modules/values.js"
 */

/** @param {Partial<Parameter>} given @returns {Parameter} */
function parameter(given) {
  /** @type {Parameter} */
  const plain = {
    name: "count", label: "count", help: "How many lines.", unit: null, kind: "int", choices: [], soft: [1, 20], step: 1,
    least: 0, most: 100, default: 3,
  };
  return { ...plain, ...given };
}

// --- values ---------------------------------------------------------------------------------------------------------

test("values are the same when they read the same", () => {
  assert.ok(isSame(["#ff0000", "#00ff00"], ["#ff0000", "#00ff00"]));
  assert.ok(!isSame(["#ff0000"], ["#ff0000", "#00ff00"]));
  assert.ok(!isSame(["#ff0000"], ["#00ff00"]));
  assert.ok(isSame(0.5, 0.5) && !isSame(1, true) && !isSame(1, "1") && !isSame(undefined, []));
});

test("numbers are written as people write them", () => {
  assert.equal(rounded(0.1 + 0.2), 0.3);
  assert.equal(numberText(0.1 + 0.2), "0.3");
  assert.equal(numberText(2 / 3), "0.666667");
  assert.equal(numberText(12), "12");
  assert.equal(numberText(1234567), "1234567");
  assert.equal(numberText(-0), "0");
});

test("every kind of value reads in words", () => {
  assert.deepEqual([12, true, false, "wave", ["#ff0000", "#00ff00"]].map(valueText), ["12", "on", "off", "wave", "#ff0000, #00ff00"]);
});

test("a slider spans the soft range, and more while the value lies outside", () => {
  assert.deepEqual(spanOf(parameter({}), 5), [1, 20]);
  assert.deepEqual(spanOf(parameter({}), 64), [1, 64]);
  assert.deepEqual(spanOf(parameter({}), 0), [0, 20]);
});

test("a slider that is wider below keeps to its steps, and within the hard range", () => {
  const slope = parameter({ kind: "float", soft: [0.5, 4], step: 0.2, least: null });
  assert.deepEqual(spanOf(slope, 0.37), [0.3, 4]);
  assert.deepEqual(spanOf({ ...slope, least: 0.35 }, 0.37), [0.35, 4]);
  assert.deepEqual(spanOf({ ...slope, step: null }, 0.37), [0.37, 4]);
});

test("a parameter is found by words of its name, label, group or help", () => {
  const height = parameter({ name: "wave_height", label: "height", help: "Of the crests." });
  for (const words of ["", "Wave height", "crest", "WAVE_H", "lines of"]) assert.ok(matches(height, "Lines", words), words);
  assert.ok(!matches(height, "Lines", "height slope"));
});

// --- movements ------------------------------------------------------------------------------------------------------

test("all that happens while a hand holds on is one movement, and the next hold another", () => {
  const movements = new Movements();
  movements.press("count", 1, true);
  const first = movements.of("count");
  assert.equal(movements.of("count"), first);
  assert.ok(movements.isHeld("count"));
  assert.equal(movements.release(1), "count");
  assert.ok(!movements.isHeld("count"));
  movements.press("count", 1, true);
  assert.notEqual(movements.of("count"), first);
});

test("two hands on two sliders make two movements", () => {
  const movements = new Movements();
  movements.press("count", 1, true);
  movements.press("slope", 2, true);
  const found = [movements.of("count"), movements.of("slope"), movements.of("count"), movements.of("slope")];
  assert.deepEqual(found, [1, 2, 1, 2]);
});

test("keys on one target are one movement until they pause", () => {
  const movements = new Movements();
  const [slider, number] = [new EventTarget(), new EventTarget()];
  /** @param {EventTarget} target @param {number} time */
  const press = (target, time) => {
    movements.key("count", target, time);
    return movements.of("count");
  };
  const found = [press(slider, 0), press(slider, 900), press(slider, 1800), press(slider, 3000), press(number, 3100), press(slider, 3200)];
  assert.deepEqual(found, [1, 1, 1, 2, 3, 4]);
  movements.press("count", 1, false);
  assert.equal(press(slider, 3300), 6);
});

test("a change of another parameter that nothing announced is a movement of its own", () => {
  const movements = new Movements();
  assert.deepEqual([movements.of("count"), movements.of("count"), movements.of("slope"), movements.of("count")], [1, 1, 2, 3]);
});

// --- what a page takes from the kernel ------------------------------------------------------------------------------

/** @type {Command[]} */
let sent;
/** @type {(Callbacks | undefined)[]} */
let callbacks;
/** @type {(message: PanelMessage | ShowMessage) => void} */
let receive;
/** @type {string[][]} */
let shown;
let arranged = 0;
/** @type {Connection} */
let connection;

const groups = [{ name: "Lines", rows: [parameter({}), parameter({ name: "slope", kind: "float" })] }, { name: "Ink", rows: [] }];

beforeEach(() => {
  sent = [];
  callbacks = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  shown = [];
  arranged = 0;
  connection = new Connection(
    {
      send: (command, given) => {
        sent.push(command);
        callbacks.push(given);
      },
      on: (_, callback) => (receive = callback),
    },
    "here",
  );
  connection.views.add({ show: (names) => shown.push([...names]), arrange: () => (arranged += 1), tellBusy: () => {} });
  receive({ type: "panel", backend: "lines", groups, values: { count: 3, slope: 0.5 }, needs: {}, seen: { here: 0 } });
});

/** @param {Values} values @param {number} seen @param {string} [by] */
function show(values, seen, by) {
  receive({ type: "show", values, needs: {}, seen: { here: seen, there: 9 }, by });
}

/** @param {number} serial */
function handled(serial) {
  for (const execution_state of ["busy", "idle"]) callbacks[serial]?.iopub.status({ content: { execution_state } });
}

test("a page that comes up asks for everything, and opens the first group", () => {
  assert.deepEqual(sent, [{ type: "ready", page: "here" }]);
  assert.deepEqual([...(connection.panel?.open ?? [])], ["Lines"]);
  assert.equal(arranged, 1);
});

test("what is said before there is a panel is left alone", () => {
  const early = new Connection({ send: () => {}, on: (_, callback) => (receive = callback) }, "early");
  show({ count: 8 }, 0);
  assert.deepEqual(early.values, {});
});

test("a moved control is shown everywhere and leaves; the same value once more does not", () => {
  connection.move("count", 7);
  connection.move("count", 7);
  assert.deepEqual(shown, [["count"]]);
  const set = { type: "set", page: "here", serial: 1, gesture: 1, backend: "lines", values: { count: 7 }, painted: null };
  assert.deepEqual(sent.slice(1), [set]);
});

test("a value is handled when the kernel is idle again", () => {
  connection.move("count", 7);
  connection.move("count", 8);
  callbacks[1]?.iopub.status({ content: { execution_state: "busy" } });
  connection.courier.painted({ number: 1, milliseconds: 1 });
  assert.equal(sent.length, 2);
  handled(1);
  assert.equal(sent.length, 3);
});

test("a value from elsewhere is shown", () => {
  show({ count: 8 }, 0);
  assert.equal(connection.values.count, 8);
  assert.deepEqual(shown, [["count"]]);
});

test("a value from before the own one was handled is not shown, and one from after is", () => {
  connection.move("count", 7);
  show({ count: 4, slope: 0.9 }, 0);
  assert.deepEqual(connection.values, { count: 7, slope: 0.9 });
  show({ count: 3 }, 1);
  assert.equal(connection.values.count, 3);
});

test("a value from elsewhere does not replace one that waits to leave", () => {
  connection.move("count", 7);
  connection.move("count", 8);
  show({ count: 4 }, 1);
  assert.equal(connection.values.count, 8);
});

test("under a hand a slider stays, and shows what came when the hand lets go", () => {
  connection.movements.press("count", 1, true);
  connection.move("count", 7);
  show({ count: 4 }, 1);
  assert.equal(connection.values.count, 7);
  connection.release(1);
  assert.equal(connection.values.count, 4);
  assert.deepEqual(shown.at(-1), ["count"]);
  // But not when the hand has moved on since.
  connection.movements.press("count", 1, true);
  show({ count: 5 }, 1);
  connection.move("count", 9);
  connection.release(1);
  assert.equal(connection.values.count, 9);
});

test("what another page's hand did is shown, and what the own did is known", () => {
  show({ count: 8 }, 0, "there");
  assert.equal(connection.values.count, 8);
  show({ count: 5 }, 0, "here");
  assert.equal(connection.values.count, 8);
});

test("needs are taken, also with nothing else", () => {
  receive({ type: "show", values: {}, needs: { slope: "needs count = 3" }, seen: {} });
  assert.equal(connection.needs.slope, "needs count = 3");
  assert.deepEqual(shown, [["slope"]]);
});

test("a panel that is known is shown again as it was left", () => {
  const { panel } = connection;
  if (panel) connection.toggle(panel, "Ink");
  receive({ type: "panel", backend: "plain", groups: [], values: {}, needs: {}, seen: {} });
  receive({ type: "panel", backend: "lines", values: { count: 9 }, needs: {}, seen: {} });
  assert.equal(connection.panel, panel);
  assert.deepEqual([...(connection.panel?.open ?? [])], ["Lines", "Ink"]);
  assert.equal(connection.values.count, 9);
  // Another page came up and asked.
  receive({ type: "panel", backend: "lines", groups, values: { count: 9 }, needs: {}, seen: {} });
  assert.equal(connection.panel, panel);
});

test("a panel with other parameters replaces the one of that name", () => {
  const { panel } = connection;
  receive({ type: "panel", backend: "lines", groups: groups.slice(1), values: {}, needs: {}, seen: {} });
  assert.notEqual(connection.panel, panel);
});

test("another backend lets nothing leave that was meant for the first", () => {
  connection.move("count", 7);
  connection.move("count", 8);
  receive({ type: "panel", backend: "plain", groups: [], values: {}, needs: {}, seen: {} });
  connection.courier.painted({ number: 1, milliseconds: 1 });
  handled(1);
  assert.equal(sent.length, 2);
});

test("a reset leaves at once, and what waited for its parameter never", () => {
  connection.move("count", 7);
  connection.move("count", 8);
  connection.reset("count");
  assert.deepEqual(sent.at(-1), { type: "reset", backend: "lines", names: ["count"] });
  connection.courier.painted({ number: 1, milliseconds: 1 });
  handled(1);
  assert.equal(sent.length, 3);
});
