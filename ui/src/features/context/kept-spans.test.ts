import { expect, it } from "vitest";
import { spansOf } from "./kept-spans";

const cut = (text: string, lines: string[]) =>
  spansOf(text, lines).map(({ from, to }) => text.slice(from, to));

it("finds what a line quotes, whatever stands around and between it", () => {
  const text =
    "Before you go on: do not touch\n  prices in `theme.liquid`, tax is computed by Shopify only. Thanks.";
  expect(cut(text, ['"do not touch prices in theme.liquid, tax is computed by Shopify only."'])).toEqual([
    "do not touch\n  prices in `theme.liquid`, tax is computed by Shopify only.",
  ]);
  expect(cut(text, ["Before you go on … Shopify only"])).toEqual(["Before you go on", "Shopify only"]);
});

it("joins what overlaps, and finds nothing by chance", () => {
  const text = "The cart id lives in an HttpOnly cookie.";
  expect(cut(text, ["The cart id lives", "cart id lives in an HttpOnly cookie"])).toEqual([
    "The cart id lives in an HttpOnly cookie",
  ]);
  expect(cut(text, ["in an", "a localStorage key", ""])).toEqual([]);
});
