/** What of the accounts stands in the address: whether budgets are shown, the account whose drawer is open, and the words that are looked for. */
export function accountsSearch(search: Record<string, unknown>): {
  view?: "budgets" | undefined;
  selected?: string | undefined;
  text?: string | undefined;
} {
  return {
    view: search.view === "budgets" ? "budgets" : undefined,
    selected: typeof search.selected === "string" ? search.selected : undefined,
    text: typeof search.text === "string" && search.text !== "" ? search.text : undefined,
  };
}
