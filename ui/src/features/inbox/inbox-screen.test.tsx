import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import type { ApprovalId } from "../../backend/views";
import { approval } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";
import { groupsOf } from "./groups";

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
    "approvals.list": { items: [approval(), final], next: null },
    "approvals.show": final,
    "approvals.approve": approval({ status: "approved" }),
  });

it("says that nothing waits", async () => {
  show("/inbox");
  await screen.findByRole("heading", { name: "Nothing waits for you" });
  await expectNoBarrier();
});

it("approves in place what can be undone, once it has been on the screen long enough", async () => {
  const { transport } = open();
  await screen.findByRole("complementary", { name: "The selected question" });
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
  await screen.findByRole("complementary", { name: "The selected question" });
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

it("puts first what runs out first", () => {
  const now = Date.parse("2026-11-20T12:00:00.000Z");
  const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
  const items = [
    approval({ id: "apr_a" as ApprovalId, asked_at: at(-50), expires_at: at(9) }),
    approval({ id: "apr_b" as ApprovalId, asked_at: at(-1), expires_at: at(8) }),
    approval({ id: "apr_c" as ApprovalId, asked_at: at(-50), expires_at: at(0.5) }),
  ];
  expect(groupsOf(items, now).map((group) => [group.name, group.items.map((item) => item.id)])).toEqual([
    ["soon", ["apr_c"]],
    ["today", ["apr_b"]],
    ["earlier", ["apr_a"]],
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
    "approvals.list": { items: [question], next: null },
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
    "approvals.list": { items: [failed], next: null },
    "approvals.skip": failed,
  });
  const peek = await screen.findByRole("complementary", { name: "The selected question" });
  expect(peek.textContent).toContain("numbers.csv does not exist");
  await guardOver();
  await userEvent.keyboard("s");
  await waitFor(() => expect(transport.count("approvals.skip")).toBe(1));
});

it("shows one kind when asked to, and says so when none of it waits", async () => {
  const { router } = show("/inbox", { "approvals.list": { items: [question, failed], next: null } });
  await userEvent.click(await screen.findByRole("link", { name: /Questions/ }));
  expect(router.state.location.search).toEqual({ kind: "question" });
  await waitFor(() => expect(screen.queryByText("handoff failed. What now?")).toBeNull());
});
