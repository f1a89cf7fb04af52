import { expect, it } from "vitest";
import { execution } from "../test/samples";
import { ScriptedTransport } from "../test/scripted-transport";
import { type ListData, renewList } from "./renew-list";
import type { ExecutionId, ExecutionSummary } from "./views";

const id = (at: number) => `exe_${String(at).padStart(5, "0")}` as ExecutionId;
const row = (at: number, status: ExecutionSummary["status"] = "running") => execution({ id: id(at), status });
const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => row(from - at));

const list = (): ListData => ({
  pages: [
    { items: rows(30, 21), next: "a" },
    { items: rows(20, 11), next: "b" },
    { items: rows(10, 1), next: "c" },
  ],
  pageParams: [null, "a", "b"],
});

const core = (top: ExecutionSummary[], one: ExecutionSummary) =>
  new ScriptedTransport({
    "executions.list": { items: top, next: "x" },
    "executions.show": { execution: one } as never,
  });

it("fetches the first page and what changed, and loses none in between", async () => {
  const transport = core(rows(32, 23), row(5, "done"));
  const renewed = await renewList(transport, list(), null, [id(32), id(5)]);
  const items = renewed?.pages.flatMap((page) => page.items) ?? [];
  expect(items.map((item) => item.id)).toEqual(rows(32, 1).map((item) => item.id));
  expect(items.find((item) => item.id === id(5))?.status).toBe("done");
  expect(renewed?.pages.at(-1)?.next).toBe("c");
  expect(transport.count("executions.list")).toBe(1);
  expect(transport.count("executions.show")).toBe(1);
});

it("lets go what no longer has the status that is shown", async () => {
  const renewed = await renewList(core(rows(30, 21), row(5, "done")), list(), "running", [id(5)]);
  expect(renewed?.pages.flatMap((page) => page.items).some((item) => item.id === id(5))).toBe(false);
});

it("leaves a short list, and many changes, to be fetched as a whole", async () => {
  const transport = core(rows(30, 21), row(5));
  const short = { ...list(), pages: list().pages.slice(0, 1) };
  expect(await renewList(transport, short, null, [id(5)])).toBeNull();
  const many = rows(20, 1).map((item) => item.id);
  expect(await renewList(transport, list(), null, [...many, id(0)])).toBeNull();
});
