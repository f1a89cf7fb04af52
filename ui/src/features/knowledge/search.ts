/** What of the knowledge base stands in the address: the words, the category, the entry that is shown. */
export function knowledgeSearch(search: Record<string, unknown>): {
  q?: string | undefined;
  category?: string | undefined;
  selected?: string | undefined;
} {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { q: text(search.q), category: text(search.category), selected: text(search.selected) };
}
