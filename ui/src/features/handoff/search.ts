/** What of the queue stands in the address: the handoff that is shown. */
export function handoffsSearch(search: Record<string, unknown>): { id?: string | undefined } {
  return { id: typeof search.id === "string" && search.id !== "" ? search.id : undefined };
}

/** What of the composer stands in the address: budget, receiver, the draft that it answers, the message looked at, the lost facts that were put back. */
export const budgets = [500, 1_000, 2_000, 4_000, 8_000, 16_000] as const;
export const USUAL = 2_000;

export function handoffSearch(search: Record<string, unknown>): {
  budget?: number | undefined;
  to?: string | undefined;
  goal?: string | undefined;
  draft?: string | undefined;
  session?: string | undefined;
  at?: number | undefined;
  wanted?: string[] | undefined;
} {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const number = (value: unknown, most: number) => {
    const read = Number(value);
    return value !== undefined && Number.isInteger(read) && read >= 0 && read <= most ? read : undefined;
  };
  return {
    budget: number(search.budget, 200_000),
    to: text(search.to),
    goal: text(search.goal),
    draft: text(search.draft),
    session: text(search.session),
    at: number(search.at, Number.MAX_SAFE_INTEGER),
    wanted: facts(search.wanted),
  };
}

/** More than anybody puts back one by one would not fit into an address. */
const MOST_FACTS = 200;

function facts(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
  return list.length === 0 ? undefined : list.slice(0, MOST_FACTS);
}
