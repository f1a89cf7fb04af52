import { expect, it } from "vitest";
import { ariaKeys, caps, matches, sequence } from "./shortcut";

const key = (fields: Partial<KeyboardEvent>) => ({
  key: "",
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...fields,
});

it("knows Ctrl from the command key", () => {
  expect(matches(key({ key: "Enter", ctrlKey: true }), "mod+enter", false)).toBe(true);
  expect(matches(key({ key: "Enter", ctrlKey: true }), "mod+enter", true)).toBe(false);
  expect(matches(key({ key: "Enter", metaKey: true }), "mod+enter", true)).toBe(true);
  expect(matches(key({ key: "Enter" }), "mod+enter", false)).toBe(false);
  expect(matches(key({ key: "r", ctrlKey: true }), "r", false)).toBe(false);
});

it("finds letters by their place on a Hebrew keyboard, but never by place on a Latin one", () => {
  expect(matches(key({ key: "ח", code: "KeyJ" }), "j", false)).toBe(true);
  expect(matches(key({ key: "h", code: "KeyJ" }), "j", false)).toBe(false);
});

it("writes them as the platform does", () => {
  expect(caps("mod+enter", true)).toEqual(["⌘", "↵"]);
  expect(caps("mod+enter", false)).toEqual(["Ctrl", "↵"]);
  expect(ariaKeys("mod+enter", false)).toBe("Control+Enter");
});

it("tells shift and two keys in a row apart", () => {
  const both = { key: "Enter", ctrlKey: true, shiftKey: true };
  expect(matches(key(both), "mod+shift+enter", false)).toBe(true);
  expect(matches(key(both), "mod+enter", false)).toBe(false);
  expect(matches(key({ key: "Enter", ctrlKey: true }), "mod+shift+enter", false)).toBe(false);
  expect(caps("mod+shift+enter", true)).toEqual(["⇧", "⌘", "↵"]);
  expect(ariaKeys("mod+shift+enter", false)).toBe("Control+Shift+Enter");
  expect(sequence("g i")).toEqual({ lead: "g", key: "i" });
  expect(sequence(" ")).toBeNull();
  expect(caps("g i", true)).toEqual(["G", "I"]);
});
