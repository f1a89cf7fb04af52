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
import type { Transport } from "./transport";
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
  const live = new Live(transport, { refresh: (tags) => refresh(queries, tags) });
  return { transport, queries, live };
}

/** Fetches again what carries one of the tags and is on the screen; the rest when it is next shown. */
export async function refresh(queries: QueryClient, tags: ReadonlySet<string> | "all"): Promise<void> {
  const depends = (query: Query) =>
    tags === "all" ||
    ((query.meta as { tags?: readonly string[] } | undefined)?.tags ?? []).some((tag) => tags.has(tag));
  await queries.invalidateQueries({ predicate: depends, refetchType: "active" });
}

function chooseTransport(): Transport {
  return isTauri() ? new WindowTransport() : new BrowserTransport();
}
