import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { ApprovalId, ThreadView } from "../../backend/views";
import { approval, execution, thread } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";
import { groupsOf } from "./groups";
import { snoozeTimes } from "./snooze-times";

beforeEach(() => {
  // The test page is wide enough for the peek beside the list.
  vi.spyOn(window, "matchMedia").mockImplementation(
    (media) =>
      ({
        media,
        matches: media.includes("min-width"),
        addEventListener() {},
        removeEventListener() {},
        addListener() {},
        removeListener() {},
      }) as never,
  );
});

const final = approval({
  id: "apr_2" as ApprovalId,
  summary: "run git push",
  reversible: false,
  expires_at: new Date(Date.now() + 9e6).toISOString(),
});

const open = () =>
  show("/inbox", {
    "threads.list": { items: [thread(approval()), thread(final)], next: null },
    "approvals.show": final,
    "approvals.approve": approval({ status: "approved" }),
  });

it("says that nothing waits", async () => {
  show("/inbox");
  await screen.findByRole("heading", { name: "Nothing waits for you" });
  expect(screen.getByRole("link", { name: "Hand over a project" }).getAttribute("href")).toBe("/context");
  await expectNoBarrier();
});

it("approves in place what can be undone, once it has been on the screen long enough", async () => {
  const { transport } = open();
  await screen.findByRole("complementary", { name: "The selected thread" });
  await expectNoBarrier();
  const begun = performance.now();
  await waitFor(() => expect(performance.now() - begun).toBeGreaterThan(650), { timeout: 3_000 });
  await userEvent.keyboard("a");
  await waitFor(() =>
    expect(transport.calls.find((call) => call.name === "approvals.approve")?.params).toMatchObject({
      approval_id: "apr_1",
    }),
  );
});

it("opens even what can be undone when the answer comes too early", async () => {
  const { transport, router } = open();
  await screen.findByRole("complementary", { name: "The selected thread" });
  await userEvent.keyboard("a");
  await waitFor(() => expect(router.state.location.search).toMatchObject({ approval: "apr_1" }));
  expect(transport.count("approvals.approve")).toBe(0);
});

it("opens what cannot be undone instead of answering it", async () => {
  const { transport, router } = open();
  await screen.findByText("run git push");
  await userEvent.keyboard("jja");
  await waitFor(() => expect(router.state.location.search).toMatchObject({ approval: "apr_2" }));
  expect(transport.count("approvals.approve")).toBe(0);
});

it("has its groups: today, what waits and runs out first, what is older, what sleeps", () => {
  const now = new Date(2026, 10, 20, 12).getTime();
  const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
  const asked = (name: string, hours: number) =>
    thread(approval({ id: `apr_${name}` as ApprovalId, expires_at: at(hours) }));
  const ended = (name: string, since: number, fields: Partial<ThreadView> = {}) =>
    thread(null, { id: `exe_${name}` as ThreadView["id"], since: at(since), ...fields });
  const items = [
    asked("late", 9),
    asked("soon", 0.5),
    ended("old", -50),
    ended("morning", -3),
    ended("now", -1),
    ended("stopped", -2, { kind: "stopped", needs_answer: true }),
    ended("asleep", -1, { snoozed_until: at(2) }),
    ended("awake", -2.5, { snoozed_until: at(-1) }),
  ];
  expect(groupsOf(items, now).map((group) => [group.name, group.items.map((item) => item.id)])).toEqual([
    ["today", ["exe_now", "exe_awake", "exe_morning"]],
    ["waiting", ["apr_soon", "apr_late", "exe_stopped"]],
    ["earlier", ["exe_old"]],
    ["snoozed", ["exe_asleep"]],
  ]);
});

const question = approval({
  id: "apr_3" as ApprovalId,
  kind: "question",
  summary: "Which address goes on the label?",
  question: {
    text: "Which address goes on the label?",
    kind: "choice",
    choices: ["Lindenallee 3", "The address of the order"],
    default: null,
  },
});

const failed = approval({
  id: "apr_4" as ApprovalId,
  kind: "failed",
  summary: "numbers failed",
  failure: { class: "not_found", message: "numbers.csv does not exist" },
});

/** The guard of the first moments is over. */
const guardOver = async () => {
  const begun = performance.now();
  await waitFor(() => expect(performance.now() - begun).toBeGreaterThan(650), { timeout: 5_000 });
};

it("answers a question in place by the number of its reply", async () => {
  const { transport } = show("/inbox", {
    "threads.list": { items: [thread(question)], next: null },
    "approvals.answer": question,
  });
  await screen.findByRole("button", { name: "Lindenallee 3" });
  fireEvent.keyDown(window, { key: "2" });
  expect(transport.count("approvals.answer")).toBe(0);
  await expectNoBarrier();
  await guardOver();
  await userEvent.keyboard("2");
  await waitFor(() =>
    expect(transport.calls.find((call) => call.name === "approvals.answer")?.params).toEqual({
      id: "exe_1",
      approval_id: "apr_3",
      answer: "The address of the order",
    }),
  );
});

it("offers the ladder for a step that failed, and goes on without it in place", async () => {
  const { transport } = show("/inbox", {
    "threads.list": { items: [thread(failed)], next: null },
    "approvals.skip": failed,
  });
  const peek = await screen.findByRole("complementary", { name: "The selected thread" });
  expect(peek.textContent).toContain("numbers.csv does not exist");
  await guardOver();
  await userEvent.keyboard("s");
  await waitFor(() => expect(transport.count("approvals.skip")).toBe(1));
});

it("shows one kind when asked to, and says so when none of it waits", async () => {
  const { router } = show("/inbox", {
    "threads.list": { items: [thread(question), thread(failed)], next: null },
  });
  await userEvent.click(await screen.findByRole("link", { name: /Questions/ }));
  expect(router.state.location.search).toEqual({ kind: "question" });
  await waitFor(() => expect(screen.queryByText("handoff failed. What now?")).toBeNull());
});

/** An inbox that takes marks as the core does. */
function inbox(...threads: ThreadView[]) {
  let items = threads;
  const mark = (ids: readonly string[], fields: Partial<ThreadView>) => {
    items = items.map((item) => (ids.includes(item.id) ? { ...item, ...fields } : item));
    return { items: items.filter((item) => ids.includes(item.id)), next: null };
  };
  const shown = show("/inbox", {
    "threads.list": () => ({ items: items.filter((item) => item.done_at === null), next: null }),
    "threads.done": ({ ids }) => mark(ids, { done_at: new Date().toISOString() }),
    "threads.snooze": ({ ids, until }) => mark(ids, { snoozed_until: until }),
    "threads.wake": ({ ids }) => mark(ids, { done_at: null, snoozed_until: null }),
  });
  const changed = () => shown.backend.queries.invalidateQueries({ queryKey: ["threads.list"] });
  return { ...shown, changed };
}

const ended = (id: string) => thread(null, { id: id as ThreadView["id"], since: new Date().toISOString() });
const rows = () => [...document.querySelectorAll<HTMLElement>("[data-thread-row]")];
const cursor = () => rows().find((row) => row.getAttribute("aria-current") === "true")?.dataset.threadRow;

it("is done with what needs no answer, goes to the next, and takes it back by z", async () => {
  const { transport, changed } = inbox(ended("exe_1"), ended("exe_2"));
  await screen.findByRole("complementary", { name: "The selected thread" });
  await expectNoBarrier();
  expect(cursor()).toBe("exe_1");
  await userEvent.keyboard("e");
  await screen.findByText("1 done. Z takes it back.");
  await changed();
  await waitFor(() => expect(rows().length).toBe(1));
  expect(cursor()).toBe("exe_2");
  await userEvent.keyboard("e");
  await changed();
  // The last one is gone, and it can be taken back all the same.
  await screen.findByRole("heading", { name: "Nothing waits for you" });
  await userEvent.keyboard("zz");
  await waitFor(() => expect(transport.count("threads.wake")).toBe(2));
  await changed();
  await waitFor(() => expect(rows().length).toBe(2));
  await userEvent.keyboard("z");
  expect(transport.count("threads.wake")).toBe(2);
});

it("snoozes everything that is picked until a moment that was chosen, and a question is not done", async () => {
  const asked = thread(approval());
  const { transport, changed } = inbox(asked, ended("exe_1"));
  await screen.findByRole("complementary", { name: "The selected thread" });
  // The cursor begins at what waits, although the failure of today stands before it.
  expect(cursor()).toBe("apr_1");
  await userEvent.keyboard("e");
  expect(transport.count("threads.done")).toBe(0);
  await userEvent.keyboard("xkx");
  await screen.findByRole("toolbar", { name: "2 picked" });
  await expectNoBarrier();
  await userEvent.keyboard("h");
  await userEvent.click(await screen.findByRole("menuitem", { name: /In three hours/ }));
  await waitFor(() => expect(transport.count("threads.snooze")).toBe(1));
  const params = transport.calls.find((call) => call.name === "threads.snooze")?.params;
  const { ids, until } = params as { ids: string[]; until: string };
  expect(ids.toSorted()).toEqual(["apr_1", "exe_1"]);
  expect(Math.abs(Date.parse(until) - Date.now() - 3 * 3_600_000)).toBeLessThan(60_000);
  await changed();
  await screen.findByRole("region", { name: "Snoozed" });
  await userEvent.keyboard("z");
  await waitFor(() => expect(transport.count("threads.wake")).toBe(1));
});

it("puts a snooze back to the moment that it had", async () => {
  const until = new Date(Date.now() + 7_200_000).toISOString();
  const { transport } = inbox(thread(approval(), { snoozed_until: until }));
  await userEvent.click(await screen.findByRole("button", { name: /^Wake/ }));
  await waitFor(() => expect(transport.count("threads.wake")).toBe(1));
  await userEvent.keyboard("z");
  await waitFor(() =>
    expect(transport.calls.find((call) => call.name === "threads.snooze")?.params).toEqual({
      ids: ["apr_1"],
      until,
    }),
  );
});

it("allows as much again to what a limit stopped, once it has been looked at", async () => {
  const stopped = thread(null, { kind: "stopped", needs_answer: true });
  const { transport } = show("/inbox", {
    "threads.list": { items: [stopped], next: null },
    "executions.resume": execution(),
  });
  await screen.findByRole("complementary", { name: "The selected thread" });
  await userEvent.keyboard("a");
  expect(transport.count("executions.resume")).toBe(0);
  await guardOver();
  await userEvent.keyboard("a");
  await waitFor(() => expect(transport.count("executions.resume")).toBe(1));
});

it("offers moments that are still to come, each once", () => {
  const names = (...at: [number, number, number, number]) =>
    snoozeTimes(new Date(...at).getTime()).map(({ name }) => name);
  expect(names(2026, 10, 25, 10)).toEqual(["hour", "hours", "evening", "tomorrow", "week"]);
  expect(names(2026, 10, 25, 16)).toEqual(["hour", "hours", "tomorrow", "week"]);
  // Tomorrow is Monday.
  expect(names(2026, 10, 29, 16)).toEqual(["hour", "hours", "tomorrow"]);
});
