import { expect, it } from "vitest";
import { step } from "../../test/samples";
import { cardsOf, countedOn, countsOf, MOST_CARDS } from "./graph-cards";

const plan = (waves: number, width: number) => {
  const steps = [];
  const levels: string[][] = [];
  for (let wave = 0; wave < waves; wave += 1) {
    levels.push([]);
    for (let at = 0; at < width; at += 1) {
      const id = `s${wave}-${at}`;
      levels[wave]?.push(id);
      steps.push({ id, needs: wave === 0 ? [] : [`s${wave - 1}-${at}`] });
    }
  }
  return { steps, levels };
};

it("leaves a plan that one look can take as it is", () => {
  const { steps, levels } = plan(3, 4);
  const cards = cardsOf(steps, levels, false);
  expect(cards).toHaveLength(12);
  expect(cards.find((card) => card.id === "s1-2")?.needs).toEqual(["s0-2"]);
});

it("folds the instances of one step into one card that needs what they need", () => {
  const steps = [
    { id: "list", needs: [] },
    ...Array.from({ length: 80 }, (_, at) => ({ id: `b[${at}]`, needs: ["list"] })),
    { id: "end", needs: Array.from({ length: 80 }, (_, at) => `b[${at}]`) },
  ];
  const cards = cardsOf(steps, [["list"], [], ["end"]], false);
  expect(cards.map(({ id, needs, steps: { length } }) => [id, needs, length])).toEqual([
    ["list", [], 1],
    ["b", ["list"], 80],
    ["end", ["b"], 1],
  ]);
});

it("counts the items of a step that runs for each of a list, and not the step itself", () => {
  const steps = [
    { id: "b", needs: [] },
    { id: "b[0]", needs: [] },
    { id: "b[1]", needs: [] },
    { id: "end", needs: ["b"] },
  ];
  const [card, end] = cardsOf(steps, [["b"], ["end"]], false);
  expect(card === undefined ? [] : countedOn(card)).toEqual(["b[0]", "b[1]"]);
  expect(end?.needs).toEqual(["b"]);
  expect(cardsOf(steps, [["b"], ["end"]], true)).toHaveLength(4);
});

it.each([
  [10, 50],
  [500, 1],
  [250, 2],
  [2, 250],
])("folds %i waves of %i into few cards and loses no step", (waves, width) => {
  const { steps, levels } = plan(waves, width);
  const cards = cardsOf(steps, levels, false);
  expect(cards.length).toBeLessThanOrEqual(MOST_CARDS);
  expect(cards.flatMap((card) => card.steps).sort()).toEqual(steps.map(({ id }) => id).sort());
  expect(cards.slice(1).every((card) => card.needs.length > 0)).toBe(true);
});

it("shows every step when a person wants to see them all", () => {
  const { steps, levels } = plan(10, 50);
  expect(cardsOf(steps, levels, true)).toHaveLength(500);
});

it("counts what wants to be seen first", () => {
  const steps = [step(), step({ status: "failed" }), step(), step({ status: "pending" })];
  expect(countsOf(steps)).toEqual([
    ["failed", 1],
    ["done", 2],
    ["pending", 1],
  ]);
});
