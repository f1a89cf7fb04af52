/** What of this place stands in the address: what is listed and whose, and the message that is looked at. */

export const lists = ["projects", "sessions"] as const;
export type List = (typeof lists)[number];

export function contextSearch(search: Record<string, unknown>): {
  list?: List | undefined;
  project?: string | undefined;
  account?: string | undefined;
} {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return {
    list: lists.find((list) => list === search.list),
    // Whose sessions are listed.
    project: text(search.project),
    account: text(search.account),
  };
}

export function sessionSearch(search: Record<string, unknown>): { at?: number | undefined } {
  const at = Number(search.at);
  return { at: search.at !== undefined && Number.isInteger(at) && at >= 0 ? at : undefined };
}
