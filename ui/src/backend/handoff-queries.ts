/** What is handed over: the briefing while it is made, what a handoff would do, and the queue with what stands in it. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { tagsOf } from "./tags-of";
import type { Transport } from "./transport";
import type { HandoffId, ProjectId } from "./views";

/** Handoffs of the queue that are fetched at once. */
const PAGE = 100;
/** Handoffs of a project whose measure is drawn. */
const OF_PROJECT = 40;

export const handoffQueriesOf = (transport: Transport) => ({
  /** The briefing of a project within so many tokens, measured. */
  briefing: (
    project: ProjectId,
    budget: number,
    goal: string | undefined,
    wanted: readonly string[] = [],
    answer: string | null = null,
  ) =>
    queryOptions({
      queryKey: ["briefings.make", project, budget, goal ?? null, wanted, answer],
      queryFn: ({ signal }) =>
        transport.call(
          "briefings.make",
          { project_id: project, budget, goal: goal ?? null, wanted: [...wanted], answer },
          signal,
        ),
      retry: false,
      meta: { tags: ["sessions"] },
    }),

  /** What would be sent to whom, and at what price, for prose by a model. Nothing is sent. */
  prose: (project: ProjectId, budget: number, goal: string | undefined, account: string) =>
    queryOptions({
      queryKey: ["briefings.preview", project, budget, goal ?? null, account],
      queryFn: ({ signal }) =>
        transport.call(
          "briefings.preview",
          { project_id: project, budget, goal: goal ?? null, with: account },
          signal,
        ),
      retry: false,
      meta: { tags: ["sessions", "accounts", "budgets"] },
    }),

  /** What a handoff would do: the file that changes, what could be committed. */
  handoffPlan: (project: string, to: string | undefined) =>
    queryOptions({
      queryKey: ["handoffs.plan", project, to ?? null],
      queryFn: ({ signal }) =>
        transport.call("handoffs.plan", { project_id: project, to_account_id: to ?? null }, signal),
      // Files of the user's own: nothing tells when one changes, so each new look asks again.
      staleTime: 2_000,
      meta: { tags: ["projects", "sessions", "accounts"] },
    }),

  /** The handoffs of one project, newest first. */
  handoffsOf: (project: ProjectId) =>
    queryOptions({
      queryKey: ["handoffs.list", project],
      queryFn: ({ signal }) =>
        transport.call("handoffs.list", { project_id: project, limit: OF_PROJECT }, signal),
      meta: { tags: tagsOf("handoffs.list") },
    }),

  /** The queue, newest first, page by page. */
  handoffs: () =>
    infiniteQueryOptions({
      queryKey: ["handoffs.list", null],
      queryFn: ({ pageParam, signal }) =>
        transport.call("handoffs.list", { limit: PAGE, cursor: pageParam }, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      meta: { tags: tagsOf("handoffs.list") },
    }),

  /** One of them with its briefing. */
  handoff: (id: HandoffId) =>
    queryOptions({
      queryKey: ["handoffs.show", id],
      queryFn: ({ signal }) => transport.call("handoffs.show", { id }, signal),
      meta: { tags: tagsOf("handoffs.show") },
    }),
});
