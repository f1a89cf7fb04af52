import { afterEach, expect, it, vi } from "vitest";
import { ScriptedTransport } from "../test/scripted-transport";
import { Live } from "./live";
import { Problem, unreachable } from "./problem";

let live: Live | null = null;
afterEach(() => {
  live?.stop();
  vi.unstubAllGlobals();
});

function begin(refresh: (tags: ReadonlySet<string> | "all") => Promise<void> = async () => undefined) {
  const transport = new ScriptedTransport({});
  const seen: (string[] | "all")[] = [];
  live = new Live(transport, {
    retryMs: [1],
    refresh: async (tags) => {
      seen.push(tags === "all" ? "all" : [...tags].sort());
      await refresh(tags);
    },
  });
  const states: string[] = [];
  live.subscribe(() => states.push(live?.current().phase ?? ""));
  void live.run();
  const nth = async (at: number) => {
    await vi.waitFor(() => expect(transport.follows.length).toBeGreaterThan(at));
    const follow = transport.follows[at];
    if (follow === undefined) throw new Error("there is no such stream");
    return follow;
  };
  return { live, transport, seen, states, nth };
}

it("says live only after everything on the screen was fetched behind the opened stream", async () => {
  let release: () => void = () => undefined;
  const fetched = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { live, seen, nth } = begin(() => fetched);
  (await nth(0)).open();
  await vi.waitFor(() => expect(seen).toEqual(["all"]));
  expect(live.current().phase).toBe("catching_up");
  release();
  await vi.waitFor(() => expect(live.current().phase).toBe("live"));
});

it("fetches what the tags of the events name, together, and never two at a time", async () => {
  let running = 0;
  let most = 0;
  const finish: (() => void)[] = [];
  const { live, seen, nth } = begin(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => finish.push(resolve));
    running -= 1;
  });
  const stream = await nth(0);
  stream.open();
  await vi.waitFor(() => expect(finish).toHaveLength(1));
  finish[0]?.();
  await vi.waitFor(() => expect(live.current().phase).toBe("live"));
  for (const id of [1, 2, 3])
    stream.event({ id, name: "progress", data: { tags: ["executions", `execution:${id}`] } });
  stream.event({ id: 4, name: "change", data: "no tags at all" });
  await vi.waitFor(() => expect(finish).toHaveLength(2));
  expect(seen[1]).toEqual(["execution:1", "execution:2", "execution:3", "executions"]);
  stream.event({ id: 5, name: "progress", data: { tags: ["accounts"] } });
  finish[1]?.();
  await vi.waitFor(() => expect(finish).toHaveLength(3));
  finish[2]?.();
  expect(seen[2]).toEqual(["accounts"]);
  expect(most).toBe(1);
});

it("goes on after the last event, and fetches everything again after the gap", async () => {
  const { live, seen, states, nth } = begin();
  const first = await nth(0);
  expect(first.after).toBeNull();
  first.open();
  first.event({ id: 41, name: "progress", data: { tags: [] } });
  await vi.waitFor(() => expect(live.current().phase).toBe("live"));
  first.breakWith(unreachable("gone"));
  const second = await nth(1);
  expect(second.after).toBe(41);
  expect(live.current()).toMatchObject({ phase: "offline", problem: { code: "client.unreachable" } });
  second.open();
  await vi.waitFor(() => expect(live.current().phase).toBe("live"));
  expect(seen.filter((tags) => tags === "all")).toHaveLength(2);
  expect(states.slice(-3)).toEqual(["offline", "catching_up", "live"]);
});

it("starts anew when the core says that it was too slow", async () => {
  const { nth } = begin();
  const first = await nth(0);
  first.open();
  first.event({ id: 5, name: "progress", data: { tags: [] } });
  first.event({ id: null, name: "reset", data: { last: 5 } });
  first.end();
  expect((await nth(1)).after).toBeNull();
});

it("keeps the moment since when it is offline while it tries again", async () => {
  let now = 0;
  class TickingDate extends Date {
    constructor() {
      super(now);
      now += 1;
    }
  }
  vi.stubGlobal("Date", TickingDate);
  const { live, nth } = begin();
  (await nth(0)).breakWith(new Problem("no_token", "a token is needed", null, 401));
  await nth(1);
  const state = live.current();
  (await nth(1)).breakWith(unreachable("still gone"));
  await nth(2);
  const later = live.current();
  if (state.phase !== "offline" || later.phase !== "offline") throw new Error("it must be offline");
  expect(later.since).toEqual(state.since);
});
