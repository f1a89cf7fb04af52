/** What of the accounts stands in the address: the account whose drawer is open, and the words that are looked for. */
export function accountsSearch(search: Record<string, unknown>): {
  selected?: string | undefined;
  text?: string | undefined;
} {
  return {
    selected: typeof search.selected === "string" ? search.selected : undefined,
    text: typeof search.text === "string" && search.text !== "" ? search.text : undefined,
  };
}
