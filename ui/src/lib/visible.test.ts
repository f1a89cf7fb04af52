import { expect, it } from "vitest";
import { hiddenCount, hiddenInJson, pieces, shown } from "./visible";

it("loses nothing: the pieces joined are the text", () => {
  const text = "a\tb\u202Ec\u200Bd\n é 🐙 שלום\u00A0\uFEFF\u{E0041}";
  expect(
    pieces(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

it.each([
  ["\u202E", "U+202E"],
  ["\u200B", "U+200B"],
  ["\u00A0", "U+00A0"],
  ["\u3164", "U+3164"],
  ["\u{E0041}", "U+E0041"],
  ["\uFE0F", "U+FE0F"],
  ["\u001B", "ESC"],
  ["\t", "⇥"],
  ["\r", "CR"],
])("shows %j", (text, expected) => {
  expect(pieces(`x${text}y`).map(shown)).toEqual(["x", expected, "y"]);
});

it("leaves plain text in one piece", () => {
  expect(pieces("plain text,\nתו עברי, 漢字, é")).toHaveLength(1);
  expect(hiddenCount("plain")).toBe(0);
});

it("finds what JSON wrote as escapes, in keys as well", () => {
  expect(hiddenInJson('{"a\\u200b":"x\\ty","n":1,"l":["\\u202e"]}')).toBe(3);
  expect(hiddenInJson("not json\t")).toBe(1);
});
