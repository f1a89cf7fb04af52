import { expect, it } from "vitest";
import { CARD } from "./graph-layout";
import { READABLE, revealing, sightOf } from "./graph-sight";

const row = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `s${at}`, x: at * 272, y: 0 }));
const box = { width: 1000, height: 360 };

it("shows all cards at their own size, in the middle, where there is room", () => {
  const sight = sightOf(row(3), box, undefined);
  expect(sight.zoom).toBe(1);
  const right = 2 * 272 + CARD.width + sight.x;
  expect(sight.x).toBeCloseTo(box.width - right);
});

it("never makes the words too small to be read", () => {
  expect(sightOf(row(40), box, undefined).zoom).toBe(READABLE);
});

it("begins at the start of a graph that does not fit, with no empty margin", () => {
  expect(sightOf(row(40), box, undefined).x).toBe(24);
});

it("stands on the card that matters", () => {
  const places = row(40);
  const { x, zoom } = sightOf(places, box, places[20]);
  const middle = 20 * 272 * zoom + x + (CARD.width * zoom) / 2;
  expect(middle).toBeCloseTo(box.width / 2);
});

it("moves only as far as a hidden card needs", () => {
  const sight = { x: 0, y: 20, zoom: 1 };
  expect(revealing({ id: "a", x: 100, y: 0 }, box, sight)).toEqual(sight);
  expect(revealing({ id: "a", x: 900, y: 0 }, box, sight).x).toBe(box.width - 24 - CARD.width - 900);
});
