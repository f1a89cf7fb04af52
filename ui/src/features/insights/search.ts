/** What of the insights stands in the address: how many days, grouped by what, and whether charts are tables. */
export const ranges = [7, 30, 90, 365] as const;
export type Range = (typeof ranges)[number];
export const groupings = ["account", "project", "model"] as const;
export type Grouping = (typeof groupings)[number];

export function insightsSearch(search: Record<string, unknown>): {
  days?: Range | undefined;
  by?: Grouping | undefined;
  as?: "table" | undefined;
} {
  return {
    days: ranges.find((range) => range === Number(search.days)),
    by: groupings.find((grouping) => grouping === search.by),
    as: search.as === "table" ? "table" : undefined,
  };
}
