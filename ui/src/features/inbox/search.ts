/** What of the inbox stands in the address: the selected question. */
export function inboxSearch(search: Record<string, unknown>): { selected?: string | undefined } {
  return { selected: typeof search.selected === "string" ? search.selected : undefined };
}
