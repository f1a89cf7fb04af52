import { QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { ScriptedTransport } from "../test/scripted-transport";
import { createBackend, refresh } from "./backend";
import { queriesOf } from "./queries";
import type { ExecutionId } from "./views";

const one = "exe_1" as ExecutionId;
const two = "exe_2" as ExecutionId;

it("fetches again exactly what the tags name", async () => {
  const transport = new ScriptedTransport({
    "executions.show": (({ id }: { id: ExecutionId }) => ({ execution: { id } })) as never,
    "approvals.list": { items: [], next: null },
  });
  const { queries } = createBackend(transport);
  const of = queriesOf(transport);
  const stop = [of.execution(one), of.execution(two)].map((options) =>
    new QueryObserver(queries, options).subscribe(() => undefined),
  );
  stop.push(new QueryObserver(queries, of.approvals()).subscribe(() => undefined));
  await Promise.all([
    queries.fetchQuery(of.execution(one)),
    queries.fetchQuery(of.execution(two)),
    queries.fetchQuery(of.approvals()),
  ]);
  transport.calls.length = 0;
  await refresh(queries, transport, new Set([`execution:${one}`]));
  expect(transport.calls).toEqual([{ name: "executions.show", params: { id: one } }]);
  transport.calls.length = 0;
  await refresh(queries, transport, "all");
  expect(transport.calls).toHaveLength(3);
  for (const end of stop) end();
});

it("reads on in a log instead of reading it again", async () => {
  const line = (seq: number) =>
    ({
      seq,
      at: "2026-11-20T10:00:00.000Z",
      level: "info",
      step: null,
      attempt: null,
      text: `line ${seq}`,
    }) as const;
  const all = [line(1), line(2), line(3)];
  const asked: (number | null | undefined)[] = [];
  const transport = new ScriptedTransport({
    "executions.logs": ({ after }) => {
      asked.push(after);
      const items = all.filter((each) => each.seq > (after ?? 0)).slice(0, 2);
      return { items, next: items.length === 2 ? (items.at(-1)?.seq ?? null) : null };
    },
  });
  const { queries } = createBackend(transport);
  const log = queriesOf(transport).log(one);
  expect((await queries.fetchQuery(log)).lines).toHaveLength(3);
  all.push(line(9) as never);
  const grown = await queries.fetchQuery({ ...log, staleTime: 0 });
  expect(grown.lines.map((each) => each.seq)).toEqual([1, 2, 3, 9]);
  expect(asked).toEqual([0, 2, 3]);
});
