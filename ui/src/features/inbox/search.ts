/** What of the inbox stands in the address: the selected question. */
export function inboxSearch(search: Record<string, unknown>): { selected?: string } {
  return typeof search.selected === "string" ? { selected: search.selected } : {};
}
