/** What the place of snapshots shows. Only its screens ask for this file, so it comes with them. */
import { queryOptions } from "@tanstack/react-query";
import { useMemo } from "react";
import { tagsOf } from "./tags-of";
import type { Transport } from "./transport";
import { useBackend } from "./use-backend";
import type { SnapshotId } from "./views";

const LIST = 200;
/** A comparison with the present reads every message, so it is not done again for each new one. */
const COMPARED_FRESH_MS = 30_000;

export const snapshotQueriesOf = (transport: Transport) => ({
  /** The newest, of a project or all. */
  snapshots: (project: string | null, limit = LIST) =>
    queryOptions({
      queryKey: ["snapshots.list", project, limit],
      queryFn: ({ signal }) => transport.call("snapshots.list", { project_id: project, limit }, signal),
      meta: { tags: tagsOf("snapshots.list") },
    }),

  /** With the sessions that it holds. */
  snapshot: (id: SnapshotId) =>
    queryOptions({
      queryKey: ["snapshots.show", id],
      queryFn: ({ signal }) => transport.call("snapshots.show", { id }, signal),
      meta: { tags: [] as string[] },
    }),

  /** What is different in a later one, or in the present. */
  snapshotDiff: (id: SnapshotId, other: SnapshotId | null) =>
    queryOptions({
      queryKey: ["snapshots.diff", id, other],
      queryFn: ({ signal }) => transport.call("snapshots.diff", { id, other }, signal),
      staleTime: other === null ? COMPARED_FRESH_MS : Number.POSITIVE_INFINITY,
      retry: false,
      meta: { tags: other === null ? ["knowledge"] : ([] as string[]) },
    }),
});

export function useSnapshotQueries() {
  const { transport } = useBackend();
  return useMemo(() => snapshotQueriesOf(transport), [transport]);
}
