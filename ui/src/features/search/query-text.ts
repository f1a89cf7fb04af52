/** A query as a person types it, and the filters that stand in it as `key:value`. */

export const keys = ["project", "account", "session", "role", "tool", "after", "before"] as const;
export type Key = (typeof keys)[number];

export interface Filter {
  key: Key;
  value: string;
  /** As it stands in the query. */
  text: string;
}

const FILTER = new RegExp(`(?<!\\S)(${keys.join("|")}):("[^"]*"?|\\S+)`, "giu");

/** The filters in order. */
export function filtersOf(query: string): Filter[] {
  return [...query.matchAll(FILTER)].map(([text, key = "", value = ""]) => ({
    key: key.toLowerCase() as Key,
    value: value.replace(/^"|"$/g, ""),
    text,
  }));
}

/** The query without this filter. */
export function without(query: string, filter: Filter): string {
  const at = query.indexOf(filter.text);
  if (at < 0) return query;
  return `${query.slice(0, at)}${query.slice(at + filter.text.length)}`.replace(/\s+/g, " ").trim();
}

/** The query with this filter at its end, once. */
export function withFilter(query: string, key: Key, value: string): string {
  if (filtersOf(query).some((filter) => filter.key === key && filter.value === value)) return query;
  const plain = value.replace(/"/g, " ");
  const text = /\s/.test(plain) ? `${key}:"${plain}"` : `${key}:${plain}`;
  return `${query.trim()} ${text}`.trim();
}

/** While somebody types, the last word may be only begun. */
export function begun(query: string): string {
  return /(?<![^\s])[\p{L}\p{N}_]{3,}$/u.test(query) ? `${query}*` : query;
}
