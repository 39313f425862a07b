// @ts-check
/** @import { Command, Listener, Model } from "../../vec2art_nb/ui/viewer_modules/connection.js" */
/** @import { WireHeader } from "../../vec2art_nb/ui/viewer_modules/wire.js" */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { deflateSync } from "node:zlib";

import { Connection, replaces } from "../../vec2art_nb/ui/viewer_modules/connection.js";

const page = { hidden: false };
Object.assign(globalThis, { document: page, window: { devicePixelRatio: 2 }, Path2D: class {} });
beforeEach(() => (page.hidden = false));

/** @param {number} number @param {number} generation @param {number} [scale] */
const facts = (number, generation, scale = 1) => ({
  ...{ number, generation, scale, exact: scale === 1, milliseconds: 4.2 },
  ...{ stages: /** @type {[string, string, number][]} */ ([["lines", "run", 4]]), bytes: 96_000, digest: "", notes: [] },
});

/** @param {Partial<WireHeader>} [changes] @returns {WireHeader} of an empty page */
function header(changes = {}) {
  const buffers = [{ digest: "none", bytes: 0, coding: /** @type {const} */ ("raw"), at: 0 }];
  return { format: 2, size: [1, 1], background: null, styles: { count: 0, buffer: 0 }, layers: [], buffers, ...changes };
}

const NOTHING = [new DataView(new ArrayBuffer(0))];

/** A page of so many styles, none of them used; deflated it takes its time. @param {number} count */
function slow(count) {
  const packet = new Uint8Array(deflateSync(new Uint8Array(16 * count)));
  const buffers = [{ digest: `${count}`, bytes: 16 * count, coding: /** @type {const} */ ("deflate"), at: 0, word: 4, stride: 4 }];
  return { header: header({ styles: { count, buffer: 0 }, buffers }), message: [new DataView(packet.buffer)] };
}

function connect() {
  /** @type {Command[]} */
  const sent = [];
  /** @type {Model} */
  const model = { get: () => assert.fail(), send: (command) => void sent.push(command), on: () => {} };
  const connection = new Connection(model);
  /** @type {Listener & {scheduled: number}} */
  const view = { scheduled: 0, schedule: () => void (view.scheduled += 1), tell: () => {}, checkLive: () => {}, transform: { scale: 0.4 } };
  connection.views.add(view);
  const acknowledged = () => sent.filter(({ type }) => type === "ack").map((command) => "number" in command && command.number);
  return { connection, sent, view, acknowledged };
}

test("a late frame is dropped, and none is replaced by a coarser one of the same state", () => {
  assert.ok(replaces(facts(1, 0, 0.5), null));
  assert.ok(replaces(facts(2, 5, 0.5), facts(1, 4)));
  assert.ok(!replaces(facts(2, 4), facts(1, 5, 0.5)));
  assert.ok(replaces(facts(2, 5), facts(1, 5, 0.5)));
  assert.ok(!replaces(facts(2, 5, 0.5), facts(1, 5)));
  assert.ok(replaces(facts(2, 5), facts(1, 5)));
});

test("a frame is acknowledged by its number once a view has painted it", async () => {
  const { connection, sent, view, acknowledged } = connect();
  await connection.receive({ type: "frame", ...facts(7, 3, 0.5), header: header() }, NOTHING);
  assert.deepEqual([view.scheduled, acknowledged()], [1, []]);
  const { frame } = connection;
  assert.deepEqual([frame?.number, frame?.generation, frame?.scale, frame?.exact, frame?.stages], [7, 3, 0.5, false, [["lines", "run", 4]]]);
  connection.acknowledge();
  connection.acknowledge();
  assert.deepEqual(acknowledged(), [7]);
  assert.ok(sent.every((command) => command.type !== "ack" || command.milliseconds >= 0));
});

test("what was painted may be taken along by whoever sends a message anyway", async () => {
  const { connection, acknowledged } = connect();
  const root = new EventTarget();
  /** @type {object[]} */
  const offered = [];
  root.addEventListener("v2a-painted", (event) => {
    if (event instanceof CustomEvent) offered.push(Object.keys(event.detail), event.detail.number, event.bubbles);
    if (offered.length === 3) event.preventDefault();
  });
  await connection.receive({ type: "frame", ...facts(1, 1), header: header() }, NOTHING);
  connection.acknowledge(root);
  assert.deepEqual([offered, acknowledged()], [[["number", "milliseconds"], 1, true], []]);
  await connection.receive({ type: "frame", ...facts(2, 2), header: header() }, NOTHING);
  connection.acknowledge(root);
  assert.deepEqual([offered.length, acknowledged()], [6, [2]]);
});

test("what no view will paint is acknowledged at once: late frames, hidden pages, no views", async () => {
  const { connection, view, acknowledged } = connect();
  await connection.receive({ type: "frame", ...facts(1, 3), header: header() }, NOTHING);
  connection.acknowledge();
  await connection.receive({ type: "frame", ...facts(2, 2), header: header() }, NOTHING);
  assert.deepEqual([acknowledged(), connection.frame?.generation, view.scheduled], [[1, 2], 3, 1]);
  page.hidden = true;
  await connection.receive({ type: "frame", ...facts(3, 4), header: header() }, NOTHING);
  page.hidden = false;
  connection.views.clear();
  await connection.receive({ type: "frame", ...facts(4, 5), header: header() }, NOTHING);
  assert.deepEqual([acknowledged(), connection.frame?.generation], [[1, 2, 3, 4], 5]);
});

test("of two frames that wait to be painted the later one is acknowledged, which is news of both", async () => {
  const { connection, acknowledged } = connect();
  for (const number of [1, 2]) await connection.receive({ type: "frame", ...facts(number, number), header: header() }, NOTHING);
  connection.acknowledge();
  assert.deepEqual(acknowledged(), [2]);
});

test("frames stay in order though one takes longer to inflate than the next, and so does what is said of them", async () => {
  const { connection } = connect();
  const { header: large, message } = slow(200_000);
  /** @type {(number | undefined)[]} */
  const seen = [];
  const first = connection.receive({ type: "frame", ...facts(1, 4), header: large }, message);
  const done = [
    first.then(() => seen.push(connection.frame?.generation)),
    connection.receive({ type: "working", generation: 6 }, []).then(() => seen.push(connection.wanted)),
    connection.receive({ type: "frame", ...facts(2, 5), header: header() }, NOTHING).then(() => seen.push(connection.frame?.generation)),
    connection.receive({ type: "failed", generation: 6, text: "too steep" }, []).then(() => seen.push(connection.failure.generation)),
  ];
  assert.equal(connection.frame, null);
  await Promise.all(done);
  assert.deepEqual(seen, [4, 6, 5, 6]);
});

test("a frame that needs a buffer which is not here asks for all of it, and shows nothing wrong meanwhile", async () => {
  const { connection, sent } = connect();
  const buffers = [{ digest: "none", bytes: 0, coding: /** @type {const} */ ("raw"), at: null }];
  await connection.receive({ type: "frame", ...facts(5, 3), header: header({ buffers }) }, []);
  assert.deepEqual(sent.map(({ type, ...rest }) => ["number" in rest && rest.number, "missing" in rest && rest.missing]), [[5, true]]);
  assert.deepEqual([connection.frame, connection.complaint, connection.state], [null, "", "settled"]);
  await connection.receive({ type: "frame", ...facts(6, 3), header: header() }, NOTHING);
  await connection.receive({ type: "frame", ...facts(7, 4), header: header({ buffers }) }, []);
  assert.equal(connection.frame?.number, 7);
});

test("a frame that cannot be read is complained of, does not hold up the next one, and is forgotten with it", async () => {
  const { connection, acknowledged } = connect();
  await connection.receive({ type: "frame", ...facts(1, 3), header: header({ format: 9 }) }, []);
  assert.match(connection.complaint, /reload the page/);
  assert.deepEqual([connection.state, connection.frame, acknowledged()], ["failed", null, [1]]);
  await connection.receive({ type: "frame", ...facts(2, 4), header: header() }, NOTHING);
  assert.deepEqual([connection.state, connection.complaint], ["settled", ""]);
});

test("why a drawing failed is said until a newer one is there or wanted", async () => {
  const { connection } = connect();
  await connection.receive({ type: "frame", ...facts(1, 3), header: header() }, NOTHING);
  await connection.receive({ type: "failed", generation: 4, text: "too steep" }, []);
  assert.deepEqual([connection.state, connection.complaint], ["failed", "too steep"]);
  await connection.receive({ type: "working", generation: 5 }, []);
  assert.deepEqual([connection.state, connection.complaint], ["working", ""]);
  await connection.receive({ type: "frame", ...facts(2, 5), header: header() }, NOTHING);
  assert.deepEqual([connection.state, connection.complaint], ["settled", ""]);
});

test("a preview whose exact drawing failed does not pass for settled", async () => {
  const { connection } = connect();
  await connection.receive({ type: "frame", ...facts(1, 3, 0.5), header: header() }, NOTHING);
  await connection.receive({ type: "failed", generation: 3, text: "out of memory" }, []);
  assert.equal(connection.state, "failed");
  await connection.receive({ type: "frame", ...facts(2, 3), header: header() }, NOTHING);
  assert.equal(connection.state, "settled");
});

test("a drawing that takes a while is waited for until one as new is there", async () => {
  const { connection } = connect();
  await connection.receive({ type: "working", generation: 2 }, []);
  assert.equal(connection.state, "working");
  await connection.receive({ type: "frame", ...facts(1, 1), header: header() }, NOTHING);
  assert.equal(connection.state, "working");
  await connection.receive({ type: "frame", ...facts(2, 3, 0.5), header: header() }, NOTHING);
  assert.equal(connection.state, "settled");
});

test("a view that comes up tells what is held already", async () => {
  const { connection, sent } = connect();
  await connection.receive({ type: "frame", ...facts(1, 3), header: header() }, NOTHING);
  connection.ready();
  assert.deepEqual(sent.at(-1), { type: "ready", source: "", held: ["none"] });
});

test("how closely the picture is looked at is told in coarse steps, once each", () => {
  const { connection, sent, view } = connect();
  /** @param {number} scale */
  const look = (scale) => {
    view.transform.scale = scale;
    connection.acknowledge();
    return sent.splice(0).map((command) => command.type === "view" && command.pixels_per_px);
  };
  assert.deepEqual([look(0.4), look(0.45), look(0.5), look(0.51), look(3), look(0.4)], [[1], [], [], [2], [8], [1]]);
  connection.views.clear();
  connection.acknowledge();
  assert.deepEqual(sent, []);
});
