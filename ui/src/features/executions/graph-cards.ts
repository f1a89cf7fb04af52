/**
 * What the graph draws: steps, and where there are too many of them, cards that stand for several.
 *
 * The instances of one `for_each` are one card. A plan that still has more cards than one look can
 * take is folded by its waves. It depends on the plan alone, so nothing jumps while it runs.
 */
import type { StepStatus, StepView } from "../../backend/views";

/** More cards than these say nothing at one look. */
export const MOST_CARDS = 60;
/** Waves that are this small stay as they are. */
const SMALL_WAVE = 3;
/** Columns of a folded graph. */
const MOST_COLUMNS = 30;

type Shape = Pick<StepView, "id" | "needs">;

export interface Card {
  /** The id of the step, or of the group. */
  id: string;
  needs: string[];
  /** The steps that it stands for, in the order of the plan. */
  steps: readonly string[];
  kind: "step" | "instances" | "waves";
  /** For waves: the first and the last of them, counted from 1. */
  from: number;
  to: number;
}

export function cardsOf(
  steps: readonly Shape[],
  waves: readonly (readonly string[])[],
  whole: boolean,
): Card[] {
  if (whole)
    return joined(
      steps.map((step) => card(step.id, [step.id], "step")),
      steps,
    );
  const folded = foldInstances(steps);
  const cards = folded.length <= MOST_CARDS ? folded : foldWaves(folded, steps, waves);
  return joined(cards, steps);
}

/** `b[0]`, `b[1]` and so on are one card with the step that they belong to. */
function foldInstances(steps: readonly Shape[]): Card[] {
  const families = new Map<string, string[]>();
  for (const { id } of steps) {
    const key = /^(.+)\[\d+\]$/.exec(id)?.[1] ?? id;
    families.set(key, [...(families.get(key) ?? []), id]);
  }
  return [...families].map(([key, ids]) =>
    ids.length === 1 ? card(ids[0] ?? key, ids, "step") : card(key, ids, "instances"),
  );
}

/** The steps that are counted on a card: the instances, and not the step that they belong to. */
export function countedOn({ id, kind, steps }: Card): readonly string[] {
  return kind === "instances" ? steps.filter((step) => step !== id) : steps;
}

function foldWaves(
  cards: readonly Card[],
  steps: readonly Shape[],
  waves: readonly (readonly string[])[],
): Card[] {
  const levelOf = new Map(waves.flatMap((wave, level) => wave.map((id) => [id, level] as const)));
  const columns = new Map<number, Card[]>();
  const perColumn = Math.ceil(Math.max(1, waves.length) / MOST_COLUMNS);
  for (const each of cards) {
    const level = levelOf.get(each.id) ?? levelOf.get(each.steps[0] ?? "") ?? 0;
    const column = Math.floor(level / perColumn);
    columns.set(column, [...(columns.get(column) ?? []), each]);
  }
  const order = new Map(steps.map(({ id }, at) => [id, at]));
  return [...columns]
    .sort(([one], [other]) => one - other)
    .flatMap(([column, within]) => {
      if (perColumn === 1 && within.length <= SMALL_WAVE) return within;
      const ids = within.flatMap((each) => each.steps);
      ids.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
      const from = column * perColumn + 1;
      const to = Math.min(waves.length, from + perColumn - 1);
      return [{ ...card(`wave:${column + 1}`, ids, "waves"), from, to }];
    });
}

/** Needs between cards, each once; what a card needs of itself is inside of it. */
function joined(cards: readonly Card[], steps: readonly Shape[]): Card[] {
  const cardOf = new Map(cards.flatMap((each) => each.steps.map((id) => [id, each.id] as const)));
  const needsOf = new Map(steps.map((step) => [step.id, step.needs]));
  return cards.map((each) => {
    const needs = new Set<string>();
    for (const id of each.steps) {
      for (const need of needsOf.get(id) ?? []) {
        const from = cardOf.get(need);
        if (from !== undefined && from !== each.id) needs.add(from);
      }
    }
    return { ...each, needs: [...needs] };
  });
}

function card(id: string, steps: readonly string[], kind: Card["kind"]): Card {
  return { id, needs: [], steps, kind, from: 0, to: 0 };
}

const ORDER: readonly StepStatus[] = [
  "waiting_approval",
  "failed",
  "running",
  "assessing",
  "looking",
  "waiting_retry",
  "cancelled_unknown",
  "done",
  "skipped",
  "cancelled",
  "ready",
  "pending",
];

/** How many steps have which status, what wants to be seen first. */
export function countsOf(steps: readonly Pick<StepView, "status">[]): [StepStatus, number][] {
  const counts = new Map<StepStatus, number>();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  return ORDER.flatMap((status) => {
    const count = counts.get(status);
    return count === undefined ? [] : [[status, count] as [StepStatus, number]];
  });
}
