/** What of the search stands in the address: the query, filters and all. */
export function searchAddress(search: Record<string, unknown>): { q?: string | undefined } {
  return { q: typeof search.q === "string" && search.q !== "" ? search.q : undefined };
}

/** Where a message is read in its place. */
export function messageAddress(session: string): string {
  return `/context/sessions/${session}`;
}
