import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ScriptedTransport } from "../test/scripted-transport";
import { LiveLog } from "./live-log";
import type { ExecutionId } from "./views";

const ID = "exe_1" as ExecutionId;
const line = (offset: number, text: string, execution_id = "exe_1") => ({
  id: null,
  name: "log",
  data: { execution_id, step: "crawl", attempt: 1, offset, text },
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("begins with what was written before, and says no line twice and none of another execution", async () => {
  const transport = new ScriptedTransport({
    "executions.attempt_log": { text: "one\ntwö\n", next: 9, total: 9 },
  });
  const log = new LiveLog(transport, ID);
  void log.run([{ step: "crawl", attempt: 1 }]);
  const follow = transport.follows[0];
  follow?.event(line(4, "twö"));
  follow?.event(line(9, "three"));
  follow?.event(line(0, "other", "exe_2"));
  await vi.advanceTimersByTimeAsync(100);
  follow?.open();
  await vi.advanceTimersByTimeAsync(100);
  expect(log.current().map(({ text }) => text)).toEqual(["one", "twö", "three"]);
  log.stop();
});

it("makes one change of many lines and keeps the memory flat", async () => {
  const transport = new ScriptedTransport({});
  const log = new LiveLog(transport, ID);
  let changes = 0;
  log.subscribe(() => {
    changes += 1;
  });
  void log.run([]);
  for (let second = 0; second < 10; second += 1) {
    for (let at = 0; at < 2_000; at += 1) transport.follows[0]?.event(line(second * 2_000 + at, "x"));
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(changes).toBe(10);
  expect(log.current()).toHaveLength(10_000);
  expect(log.current().at(-1)?.offset).toBe(19_999);
  log.stop();
});
