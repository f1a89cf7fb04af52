/** Every answer that a screen shows: its key, its call and the tags that make it old. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Transport } from "./transport";
import type { ApprovalId, ExecutionId, ExecutionStatus } from "./views";

const PAGE = 200;
const LOG_PAGE = 500;

export const queriesOf = (transport: Transport) => ({
  executions: (status: ExecutionStatus | undefined) =>
    infiniteQueryOptions({
      queryKey: ["executions.list", status ?? null],
      queryFn: ({ pageParam, signal }) =>
        transport.call("executions.list", { status: status ?? null, limit: PAGE, cursor: pageParam }, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      meta: { tags: ["executions"] },
    }),

  execution: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.show", id],
      queryFn: ({ signal }) => transport.call("executions.show", { execution_id: id }, signal),
      meta: { tags: [`execution:${id}`] },
    }),

  logs: (id: ExecutionId) =>
    infiniteQueryOptions({
      queryKey: ["executions.logs", id],
      queryFn: ({ pageParam, signal }) =>
        transport.call("executions.logs", { execution_id: id, after: pageParam, limit: LOG_PAGE }, signal),
      initialPageParam: null as number | null,
      getNextPageParam: (page) => page.next,
      meta: { tags: [`execution:${id}`, `log:${id}`] },
    }),

  trace: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.trace", id],
      queryFn: ({ signal }) => transport.call("executions.trace", { execution_id: id }, signal),
      meta: { tags: [`execution:${id}`] },
    }),

  approvals: () =>
    queryOptions({
      queryKey: ["approvals.list", "waiting"],
      queryFn: ({ signal }) => transport.call("approvals.list", { status: "waiting", limit: 500 }, signal),
      meta: { tags: ["approvals"] },
    }),

  approval: (id: ApprovalId) =>
    queryOptions({
      queryKey: ["approvals.show", id],
      queryFn: ({ signal }) => transport.call("approvals.show", { approval_id: id }, signal),
      meta: { tags: ["approvals"] },
    }),

  stats: () =>
    queryOptions({
      queryKey: ["stats"],
      queryFn: ({ signal }) => transport.call("stats", {}, signal),
      meta: { tags: ["executions", "approvals"] },
    }),

  health: () =>
    queryOptions({
      queryKey: ["health"],
      queryFn: ({ signal }) => transport.call("health", {}, signal),
      meta: { tags: [] },
    }),
});

export type Queries = ReturnType<typeof queriesOf>;
