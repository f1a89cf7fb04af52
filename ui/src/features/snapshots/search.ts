/** What of the snapshots stands in the address: whose are listed, the one that is shown, what it is compared with. */
export function snapshotsSearch(search: Record<string, unknown>): {
  project?: string | undefined;
  id?: string | undefined;
  with?: string | undefined;
} {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  return { project: text(search.project), id: text(search.id), with: text(search.with) };
}
