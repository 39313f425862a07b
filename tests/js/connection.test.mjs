// @ts-check
/** @import { Model } from "../../vec2art_nb/ui/viewer_modules/connection.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, replaces } from "../../vec2art_nb/ui/viewer_modules/connection.js";

/** @param {number} generation @param {boolean} exact */
const facts = (generation, exact) => ({ generation, exact, milliseconds: 4.2, bytes: 96_000, digest: "", notes: [] });

test("a late frame is dropped, and an exact one is not replaced by a preview", () => {
  assert.ok(replaces(facts(0, false), null));
  assert.ok(replaces(facts(5, false), facts(4, true)));
  assert.ok(!replaces(facts(4, true), facts(5, false)));
  assert.ok(replaces(facts(5, true), facts(5, false)));
  assert.ok(!replaces(facts(5, false), facts(5, true)));
});

test("a frame that cannot be read is complained of, and does not hold up the next one", async () => {
  /** @type {object[]} */
  const sent = [];
  /** @type {Model} */
  const model = { get: () => assert.fail(), send: (command) => void sent.push(command), on: () => {} };
  const connection = new Connection(model);
  const header = { format: 9, size: /** @type {[number, number]} */ ([1, 1]), background: null, styles: [], layers: [] };
  await connection.receive({ type: "frame", ...facts(3, true), header }, []);
  assert.match(connection.complaint, /reload the page/);
  assert.equal(connection.state, "failed");
  assert.equal(connection.frame, null);
  assert.deepEqual(sent, [{ type: "ack", generation: 3 }]);
});
