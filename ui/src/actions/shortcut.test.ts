import { expect, it } from "vitest";
import { ariaKeys, caps, matches } from "./shortcut";

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
