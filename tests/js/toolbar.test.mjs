// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { menuOptions, progressText } from "../../vec2art_nb/ui/toolbar.js";

test("a menu names what is chosen", () => {
  assert.deepEqual(menuOptions(["fine", "bold"], "bold", "custom"), [
    { value: "fine", label: "fine" },
    { value: "bold", label: "bold" },
  ]);
});

test("a menu says so when what is chosen has no name", () => {
  assert.deepEqual(menuOptions(["fine"], "", "custom")[0], { value: "", label: "custom" });
});

test("progress tells how much of how much, when it knows", () => {
  assert.equal(progressText({ text: "compiling", done: 3, total: 25 }), "compiling (3 of 25)");
  assert.equal(progressText({ text: "compiling", done: 3, total: 0 }), "compiling");
  assert.equal(progressText({ text: "", done: 0, total: 5 }), "");
});
