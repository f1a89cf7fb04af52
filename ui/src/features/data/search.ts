/** What stands in the address of the data: the project that is to go out. */
export interface DataSearch {
  project?: string | undefined;
}

export function dataSearch(search: Record<string, unknown>): DataSearch {
  return { project: typeof search.project === "string" ? search.project : undefined };
}
