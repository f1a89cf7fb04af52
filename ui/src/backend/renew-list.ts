/**
 * A long list of executions after a change: only what changed is fetched again, not page after page.
 *
 * The first page is fetched as a whole, since it is where the new ones appear. What changed further
 * down is fetched one by one and keeps its place; ids sort by time.
 */
import type { InfiniteData } from "@tanstack/react-query";
import { LIST_PAGE } from "./queries";
import type { Transport } from "./transport";
import type { Answer, ExecutionId, ExecutionStatus, ExecutionSummary } from "./views";

type Page = Answer<"executions.list">;
export type ListData = InfiniteData<Page, string | null>;

/** More changes than these are cheaper as whole pages. */
const MOST_ONE_BY_ONE = 20;

/** The list as it is now; null where it is better fetched as a whole. */
export async function renewList(
  transport: Transport,
  list: ListData,
  status: ExecutionStatus | null,
  changed: readonly ExecutionId[],
): Promise<ListData | null> {
  const [, ...rest] = list.pages;
  if (rest.length === 0) return null;
  const first = await transport.call("executions.list", { status, limit: LIST_PAGE, cursor: null });
  const last = first.items.at(-1)?.id;
  if (last === undefined) return null;
  const onTop = new Set(first.items.map(({ id }) => id));
  const below = changed.filter((id) => !onTop.has(id) && id < last);
  if (below.length > MOST_ONE_BY_ONE) return null;
  const known = new Map<ExecutionId, ExecutionSummary>();
  for (const page of list.pages) for (const item of page.items) if (item.id < last) known.set(item.id, item);
  for (const id of below) {
    const { execution } = await transport.call("executions.show", { id });
    const belongs = status === null || execution.status === status;
    // What is older than all that was loaded comes with its own page.
    const loaded = id >= (list.pages.at(-1)?.items.at(-1)?.id ?? id);
    if (belongs && loaded) known.set(id, execution);
    else known.delete(id);
  }
  const items = [...known.values()].sort((one, other) => (one.id < other.id ? 1 : -1));
  const next = list.pages.at(-1)?.next ?? null;
  return { pages: [first, { items, next }], pageParams: [null, first.next] };
}
