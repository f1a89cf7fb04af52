/**
 * The one way from the screens to the core: calls, answers that stay fresh, and the live state.
 *
 * Answers live in the query cache. Each says by tags what it depends on; a change that the journal
 * reports fetches again exactly what carries one of its tags.
 */

import { type Query, QueryClient } from "@tanstack/react-query";
import { isTauri } from "@tauri-apps/api/core";
import { BrowserTransport } from "./browser-transport";
import { Live } from "./live";
import { asProblem } from "./problem";
import { type ListData, renewList } from "./renew-list";
import type { Transport } from "./transport";
import type { ExecutionId, ExecutionStatus } from "./views";
import { WindowTransport } from "./window-transport";

declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: { tags: readonly string[] };
  }
}

export interface Backend {
  transport: Transport;
  queries: QueryClient;
  live: Live;
}

/** Builds the backend of this page; the caller starts `live.run()`. */
export function createBackend(transport: Transport = chooseTransport()): Backend {
  const queries = new QueryClient({
    defaultOptions: {
      // The stream says when an answer is old, so time alone never makes it so.
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: "always",
        retry: (count, thrown) => asProblem(thrown).isUnreachable && count < 1,
        retryDelay: 300,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  const live = new Live(transport, { refresh: (tags) => refresh(queries, transport, tags) });
  return { transport, queries, live };
}

/** Fetches again what carries one of the tags and is on the screen; the rest when it is next shown. */
export async function refresh(
  queries: QueryClient,
  transport: Transport,
  tags: ReadonlySet<string> | "all",
): Promise<void> {
  const renewed = tags === "all" ? [] : await renewLists(queries, transport, tags);
  const depends = (query: Query) =>
    !renewed.includes(query) &&
    (tags === "all" ||
      ((query.meta as { tags?: readonly string[] } | undefined)?.tags ?? []).some((tag) => tags.has(tag)));
  await queries.invalidateQueries({ predicate: depends, refetchType: "active" });
}

/** Long lists that are on the screen take in what changed; what fails is left to the usual way. */
async function renewLists(
  queries: QueryClient,
  transport: Transport,
  tags: ReadonlySet<string>,
): Promise<Query[]> {
  if (!tags.has("executions")) return [];
  const changed = [...tags].filter((tag) => tag.startsWith("execution:")).map((tag) => tag.slice(10));
  const renewed: Query[] = [];
  for (const query of queries.getQueryCache().findAll({ queryKey: ["executions.list"], type: "active" })) {
    const list = query.state.data as Partial<ListData> | undefined;
    if (!Array.isArray(list?.pages)) continue;
    const status = query.queryKey[1] as ExecutionStatus | null;
    const next = await renewList(transport, list as ListData, status, changed as ExecutionId[]).catch(
      () => null,
    );
    if (next === null) continue;
    queries.setQueryData(query.queryKey, next);
    renewed.push(query);
  }
  return renewed;
}

function chooseTransport(): Transport {
  return isTauri() ? new WindowTransport() : new BrowserTransport();
}
