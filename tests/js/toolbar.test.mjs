// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { historyKey, menuOptions, progressText } from "../../vec2art_nb/ui/toolbar.js";

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

/** @param {string} pressed such as "Ctrl+Shift+Z" */
function keyOf(pressed) {
  const parts = pressed.split("+");
  const has = (/** @type {string} */ name) => parts.includes(name);
  return historyKey({
    key: parts[parts.length - 1],
    ctrlKey: has("Ctrl"),
    metaKey: has("Cmd"),
    altKey: has("Alt"),
    shiftKey: has("Shift"),
  });
}

test("undo and redo have the keys of every system", () => {
  for (const pressed of ["Ctrl+z", "Cmd+z", "Ctrl+Z"]) assert.equal(keyOf(pressed), "undo");
  for (const pressed of ["Ctrl+Shift+Z", "Cmd+Shift+z", "Ctrl+y", "Cmd+y"]) assert.equal(keyOf(pressed), "redo");
});

test("other keys are left alone", () => {
  for (const pressed of ["z", "Shift+Z", "Ctrl+Alt+z", "Ctrl+Cmd+z", "Ctrl+s", "Ctrl+Shift+Y"]) assert.equal(keyOf(pressed), null);
});
