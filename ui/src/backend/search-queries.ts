/** What is found: messages, titles and knowledge, and how the search by meaning stands. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { tagsOf } from "./tags-of";
import type { Transport } from "./transport";

/** Beside other things in the command bar, and of a page of the search. */
const FEW = 6;
const HITS = 30;

export const searchQueriesOf = (transport: Transport) => ({
  /** Messages, titles and knowledge, page by page; by words alone, or by what they mean as well. */
  search: (query: string, wordsOnly: boolean) =>
    infiniteQueryOptions({
      queryKey: ["search", query, wordsOnly],
      queryFn: ({ pageParam, signal }) =>
        transport.call("search", { query, limit: HITS, cursor: pageParam, words_only: wordsOnly }, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      retry: false,
      meta: { tags: tagsOf("search") },
    }),

  /** The first few of the same, by words alone: it is asked for every letter that is typed. */
  searchAll: (query: string) =>
    queryOptions({
      queryKey: ["search", "first", query],
      queryFn: ({ signal }) => transport.call("search", { query, limit: FEW, words_only: true }, signal),
      retry: false,
      meta: { tags: tagsOf("search") },
    }),

  /** How the search by meaning stands. */
  meaning: () =>
    queryOptions({
      queryKey: ["meaning.show"],
      queryFn: ({ signal }) => transport.call("meaning.show", {}, signal),
      meta: { tags: tagsOf("meaning.show") },
    }),
});
