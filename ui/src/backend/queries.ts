/** Every answer that a screen shows: its key, its call and, from the table of commands, the tags that make it old. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { accountQueriesOf } from "./account-queries";
import { handoffQueriesOf } from "./handoff-queries";
import { searchQueriesOf } from "./search-queries";
import { tagsOf } from "./tags-of";
import type { Transport } from "./transport";
import type {
  Answer,
  ApprovalId,
  Days,
  DraftId,
  ExecutionId,
  ExecutionStatus,
  KnowledgeId,
  LogLine,
  ProjectId,
  SessionId,
  UsageBy,
} from "./views";

/** Executions that are fetched at once: three screens, so that the first is here soon. */
export const LIST_PAGE = 100;
const LOG_PAGE = 500;
const SEARCH = 6;
/** Messages of a session that are fetched at once. */
export const MESSAGE_PAGE = 100;
const KEPT_SECRETS = 200;
const MOST_LOG_LINES = 50_000;

export const queriesOf = (transport: Transport) => ({
  ...accountQueriesOf(transport),
  ...handoffQueriesOf(transport),

  executions: (status: ExecutionStatus | undefined) =>
    infiniteQueryOptions({
      queryKey: ["executions.list", status ?? null],
      queryFn: ({ pageParam, signal }) =>
        transport.call(
          "executions.list",
          { status: status ?? null, limit: LIST_PAGE, cursor: pageParam },
          signal,
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      meta: { tags: tagsOf("executions.list") },
    }),

  execution: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.show", id],
      queryFn: ({ signal }) => transport.call("executions.show", { id }, signal),
      meta: { tags: tagsOf("executions.show", id) },
    }),

  /** The newest executions with these words in name or title; the newest of all without words. */
  searchExecutions: (text: string) =>
    queryOptions({
      queryKey: ["executions.list", "search", text],
      queryFn: ({ signal }) =>
        transport.call("executions.list", { text: text === "" ? null : text, limit: SEARCH }, signal),
      meta: { tags: tagsOf("executions.list") },
    }),

  searchKnowledge: (query: string) =>
    queryOptions({
      queryKey: ["knowledge.search", query],
      queryFn: ({ signal }) => transport.call("knowledge.search", { query, limit: SEARCH }, signal),
      meta: { tags: tagsOf("knowledge.search") },
    }),

  draft: (id: DraftId) =>
    queryOptions({
      queryKey: ["drafts.show", id],
      queryFn: ({ signal }) => transport.call("drafts.show", { id }, signal),
      meta: { tags: tagsOf("drafts.show") },
    }),

  branches: (project: ProjectId) =>
    queryOptions({
      queryKey: ["projects.branches", project],
      queryFn: ({ signal }) => transport.call("projects.branches", { id: project }, signal),
      staleTime: 0,
      retry: false,
      meta: { tags: tagsOf("projects.branches") },
    }),

  /** What counts now, newest first. */
  knowledge: (category: string | undefined) =>
    infiniteQueryOptions({
      queryKey: ["knowledge.list", category ?? null],
      queryFn: ({ pageParam, signal }) =>
        transport.call(
          "knowledge.list",
          { category: category ?? null, current: true, limit: LIST_PAGE, cursor: pageParam },
          signal,
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      meta: { tags: tagsOf("knowledge.list") },
    }),

  /** All that hold these words, best first. */
  findKnowledge: (query: string) =>
    queryOptions({
      queryKey: ["knowledge.search", "all", query],
      queryFn: ({ signal }) => transport.call("knowledge.search", { query, limit: LIST_PAGE }, signal),
      placeholderData: (before) => before,
      meta: { tags: tagsOf("knowledge.search") },
    }),

  knowledgeCategories: () =>
    queryOptions({
      queryKey: ["knowledge.categories"],
      queryFn: ({ signal }) => transport.call("knowledge.categories", {}, signal),
      meta: { tags: tagsOf("knowledge.categories") },
    }),

  knowledgeEntry: (id: KnowledgeId) =>
    queryOptions({
      queryKey: ["knowledge.show", id],
      queryFn: ({ signal }) => transport.call("knowledge.show", { id }, signal),
      meta: { tags: tagsOf("knowledge.show") },
    }),

  ...searchQueriesOf(transport),

  playbooks: () =>
    queryOptions({
      queryKey: ["playbooks.list"],
      queryFn: ({ signal }) => transport.call("playbooks.list", {}, signal),
      // Files in a folder: nothing tells when one changes, so each new look reads them again.
      staleTime: 2_000,
      meta: { tags: tagsOf("playbooks.list") },
    }),

  context: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.context", id],
      queryFn: ({ signal }) => transport.call("executions.context", { id }, signal),
      meta: { tags: tagsOf("executions.context", id) },
    }),

  metrics: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.metrics", id],
      queryFn: ({ signal }) => transport.call("executions.metrics", { id }, signal),
      meta: { tags: tagsOf("executions.metrics", id) },
    }),

  trace: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.trace", id],
      queryFn: ({ signal }) => transport.call("executions.trace", { id }, signal),
      meta: { tags: tagsOf("executions.trace", id) },
    }),

  /** The plan for a sentence. It is thought about once; asking again is a new thought. */
  proposal: (query: string) =>
    queryOptions({
      queryKey: ["plans.propose", query],
      queryFn: ({ signal }) => transport.call("plans.propose", { query }, signal),
      gcTime: 0,
      retry: false,
      meta: { tags: tagsOf("plans.propose") },
    }),

  /** What a plan would do with these inputs, or where it is wrong. */
  check: (plan: { plan: string } | { playbook: string }, inputs: Record<string, unknown>) =>
    queryOptions({
      queryKey: ["plans.check", plan, inputs],
      queryFn: ({ signal }) => transport.call("plans.check", { ...plan, inputs }, signal),
      gcTime: 10_000,
      meta: { tags: tagsOf("plans.check") },
    }),

  /** The plan that an execution has, or had in that version. */
  plan: (id: ExecutionId, version: number | null = null) =>
    queryOptions({
      queryKey: ["executions.plan", id, version],
      queryFn: ({ signal }) => transport.call("executions.plan", { id, version }, signal),
      meta: { tags: tagsOf("executions.plan", id) },
    }),

  /** The whole log so far. Fetching it again asks only for what came after its last line. */
  log: (id: ExecutionId) =>
    queryOptions({
      queryKey: ["executions.logs", id],
      queryFn: async ({ signal, client, queryKey }): Promise<Log> => {
        const log: Log = client.getQueryData<Log>(queryKey) ?? { lines: [], after: 0, dropped: 0 };
        return await readOn(log, (after) =>
          transport.call("executions.logs", { id, after, limit: LOG_PAGE }, signal),
        );
      },
      structuralSharing: false,
      meta: { tags: tagsOf("executions.logs", id) },
    }),

  /** The inbox: what waits, what ended badly, and what sleeps. */
  threads: () =>
    queryOptions({
      queryKey: ["threads.list"],
      queryFn: ({ signal }) => transport.call("threads.list", { limit: 500 }, signal),
      meta: { tags: tagsOf("threads.list") },
    }),

  approvals: () =>
    queryOptions({
      queryKey: ["approvals.list", "waiting"],
      queryFn: ({ signal }) => transport.call("approvals.list", { status: "waiting", limit: 500 }, signal),
      meta: { tags: tagsOf("approvals.list") },
    }),

  approval: (id: ApprovalId) =>
    queryOptions({
      queryKey: ["approvals.show", id],
      queryFn: ({ signal }) => transport.call("approvals.show", { approval_id: id }, signal),
      meta: { tags: tagsOf("approvals.show") },
    }),

  /** How the stores of other tools are followed. Nothing tells when a look at them ends, so it is asked again meanwhile. */
  watched: () =>
    queryOptions({
      queryKey: ["imports.watched"],
      queryFn: ({ signal }) => transport.call("imports.watched", {}, signal),
      retry: false,
      refetchInterval: (query) => (query.state.data?.is_scanning === true ? 1_500 : false),
      meta: { tags: tagsOf("imports.watched") },
    }),

  /** Folders of AI tools that no project holds; files of others, so each new look asks again. */
  foundFolders: () =>
    queryOptions({
      queryKey: ["projects.found"],
      queryFn: ({ signal }) => transport.call("projects.found", {}, signal),
      retry: false,
      meta: { tags: tagsOf("projects.found") },
    }),

  projects: () =>
    queryOptions({
      queryKey: ["projects.list"],
      queryFn: ({ signal }) => transport.call("projects.list", {}, signal),
      meta: { tags: tagsOf("projects.list") },
    }),

  project: (id: string) =>
    queryOptions({
      queryKey: ["projects.show", id],
      queryFn: ({ signal }) => transport.call("projects.show", { id }, signal),
      // The state of its folder changes without a word to the core.
      staleTime: 5_000,
      meta: { tags: tagsOf("projects.show") },
    }),

  /** Sessions of a project and by an account, or all. */
  sessions: (project: string | null, account: string | null = null) =>
    infiniteQueryOptions({
      queryKey: ["sessions.list", project, account],
      queryFn: ({ pageParam, signal }) =>
        transport.call(
          "sessions.list",
          { project_id: project, account_id: account, limit: LIST_PAGE, cursor: pageParam },
          signal,
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next,
      meta: { tags: tagsOf("sessions.list") },
    }),

  session: (id: string) =>
    queryOptions({
      queryKey: ["sessions.show", id],
      queryFn: ({ signal }) => transport.call("sessions.show", { id: id as SessionId }, signal),
      meta: { tags: [`session:${id}`] },
    }),

  /** One page of a session's messages; pages are counted from 0. */
  messages: (id: string, page: number) =>
    queryOptions({
      queryKey: ["sessions.messages", id, page],
      queryFn: ({ signal }) =>
        transport.call(
          "sessions.messages",
          { id: id as SessionId, cursor: page * MESSAGE_PAGE, limit: MESSAGE_PAGE },
          signal,
        ),
      meta: { tags: [`session:${id}`] },
    }),

  /** One message with the whole of its text. */
  message: (id: string, position: number) =>
    queryOptions({
      queryKey: ["sessions.messages", id, "whole", position],
      queryFn: ({ signal }) =>
        transport.call(
          "sessions.messages",
          { id: id as SessionId, cursor: position, limit: 1, whole: true },
          signal,
        ),
      meta: { tags: [`session:${id}`] },
    }),

  backups: () =>
    queryOptions({
      queryKey: ["backups.list"],
      queryFn: ({ signal }) => transport.call("backups.list", {}, signal),
      meta: { tags: tagsOf("backups.list") },
    }),

  capsuleImports: () =>
    queryOptions({
      queryKey: ["capsules.imports"],
      queryFn: ({ signal }) => transport.call("capsules.imports", {}, signal),
      meta: { tags: tagsOf("capsules.imports") },
    }),

  /** Whether the words of secrets are kept; asks the vault, which may be locked. */
  secretPolicy: () =>
    queryOptions({
      queryKey: ["secrets.policy"],
      queryFn: ({ signal }) => transport.call("secrets.policy", {}, signal),
      meta: { tags: tagsOf("secrets.policy") },
    }),

  rescan: () =>
    queryOptions({
      queryKey: ["secrets.rescanned"],
      queryFn: ({ signal }) => transport.call("secrets.rescanned", {}, signal),
      meta: { tags: tagsOf("secrets.rescanned") },
    }),

  keptSecrets: () =>
    queryOptions({
      queryKey: ["secrets.list"],
      queryFn: ({ signal }) => transport.call("secrets.list", { limit: KEPT_SECRETS }, signal),
      meta: { tags: tagsOf("secrets.list") },
    }),

  policies: () =>
    queryOptions({
      queryKey: ["policies.list"],
      queryFn: ({ signal }) => transport.call("policies.list", {}, signal),
      meta: { tags: tagsOf("policies.list") },
    }),

  compressionRules: () =>
    queryOptions({
      queryKey: ["compression.list"],
      queryFn: ({ signal }) => transport.call("compression.list", {}, signal),
      meta: { tags: tagsOf("compression.list") },
    }),

  insightsUsage: (days: Days, by: UsageBy) =>
    queryOptions({
      queryKey: ["insights.usage", days, by],
      queryFn: ({ signal }) => transport.call("insights.usage", { ...days, by }, signal),
      meta: { tags: tagsOf("insights.usage") },
    }),

  insightsSaved: (days: Days) =>
    queryOptions({
      queryKey: ["insights.saved", days],
      queryFn: ({ signal }) => transport.call("insights.saved", { ...days }, signal),
      meta: { tags: tagsOf("insights.saved") },
    }),

  recommendations: () =>
    queryOptions({
      queryKey: ["insights.recommendations"],
      queryFn: ({ signal }) => transport.call("insights.recommendations", { all: null }, signal),
      // Looking through sessions is too much work to be done for each message of one.
      staleTime: 60_000,
      refetchInterval: 300_000,
      meta: { tags: tagsOf("insights.recommendations") },
    }),

  stats: () =>
    queryOptions({
      queryKey: ["stats"],
      queryFn: ({ signal }) => transport.call("stats", {}, signal),
      meta: { tags: tagsOf("stats") },
    }),

  health: () =>
    queryOptions({
      queryKey: ["health"],
      queryFn: ({ signal }) => transport.call("health", {}, signal),
      meta: { tags: [] as string[] },
    }),
});

/** A line with its address: lines of one attempt share the number of its event, so they are counted. */
export type AddressedLine = LogLine & { address: string };

/** A log and how far it has been read. */
export interface Log {
  lines: readonly AddressedLine[];
  /** Sequence number of the last event that was read. */
  after: number;
  /** Lines that were let go to keep the memory small. */
  dropped: number;
}

async function readOn(log: Log, page: (after: number) => Promise<Answer<"executions.logs">>): Promise<Log> {
  const fresh: AddressedLine[] = [];
  let { after } = log;
  for (;;) {
    const { items, next } = await page(after);
    let nth = 0;
    for (const [at, line] of items.entries()) {
      nth = items[at - 1]?.seq === line.seq ? nth + 1 : 0;
      fresh.push({ ...line, address: `${line.seq}-${nth}` });
    }
    after = next ?? items.at(-1)?.seq ?? after;
    if (next === null || next === undefined) break;
  }
  if (fresh.length === 0) return log;
  const all = [...log.lines, ...fresh];
  const lines = all.slice(-MOST_LOG_LINES);
  return { lines, after, dropped: log.dropped + all.length - lines.length };
}

export type Queries = ReturnType<typeof queriesOf>;
