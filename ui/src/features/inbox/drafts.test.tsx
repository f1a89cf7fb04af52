import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { Problem } from "../../backend/problem";
import type { SentHandoff } from "../../backend/views";
import { AT, draft, handoff, plan, ranOut, thread } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";
import { groupsOf } from "./groups";

beforeEach(() => asWide(true));

function asWide(wide: boolean) {
  vi.spyOn(window, "matchMedia").mockImplementation(
    (media) =>
      ({
        media,
        matches: media.includes(wide ? "min-width" : "max-width"),
        addEventListener() {},
        removeEventListener() {},
        addListener() {},
        removeListener() {},
      }) as never,
  );
}

const sent: SentHandoff = { ...handoff(), project: "shop", to: "ChatGPT Pro" };
const waits = () => thread(null, { kind: "handoff", execution: null, handoff: sent, since: AT });
const answers = { "handoffs.plan": plan() };

async function longEnough() {
  await screen.findByRole("complementary", { name: "The selected thread" });
  const begun = performance.now();
  await waitFor(() => expect(performance.now() - begun).toBeGreaterThan(650), { timeout: 3_000 });
}

it("says who ran out, until when, who goes on and why, and what would change", async () => {
  show("/inbox", { ...answers, "threads.list": { items: [ranOut(draft())], next: null } });
  const peek = await screen.findByRole("complementary", { name: "The selected thread" });
  expect(screen.getAllByText("shop is ready for ChatGPT Pro").length).toBeGreaterThan(0);
  expect(screen.getByText(/Claude Max ran out, resets in \d hours?/)).toBeTruthy();
  expect(within(peek).getByText("Week: 91% left")).toBeTruthy();
  await within(peek).findByTitle("/code/shop/AGENTS.md");
  expect(within(peek).getByText("Asks first: commit 1 file?")).toBeTruthy();
  await expectNoBarrier();
});

it("names every session that met the limit, each with the way to it", async () => {
  const one = draft().sessions[0] as NonNullable<ReturnType<typeof draft>["sessions"][number]>;
  const other = { id: "ses_2" as typeof one.id, title: null };
  const about = ranOut(draft({ sessions: [one, other] }));
  show("/inbox", { ...answers, "threads.list": { items: [about], next: null } });
  const peek = await screen.findByRole("complementary", { name: "The selected thread" });
  expect(within(peek).getByText("Sessions that met this limit")).toBeTruthy();
  const way = (name: string) => within(peek).getByRole("link", { name }).getAttribute("href");
  expect(way("Exact totals")).toContain("/context/sessions/ses_1");
  expect(way("Untitled session")).toContain("/context/sessions/ses_2");
  expect(within(peek).queryByRole("link", { name: "Source" })).toBeNull();
});

it("hands over in place, and takes it back while nobody has claimed it", async () => {
  const { transport } = show("/inbox", {
    ...answers,
    "threads.list": { items: [ranOut(draft())], next: null },
    "drafts.hand_over": () =>
      ({
        ...handoff({ parts: [{ part: "file", ok: true, said: "/code/shop/AGENTS.md", at: AT }] }),
      }) as never,
    "handoffs.withdraw": handoff({ state: "withdrawn" }),
  });
  await longEnough();
  await userEvent.keyboard("a");
  await screen.findByText(
    /Handed over: File AGENTS.md. Now start the next tool in \/code\/shop. Z takes it back./,
  );
  expect(transport.calls.find(({ name }) => name === "drafts.hand_over")?.params).toEqual({
    id: "dft_1",
    to_account_id: "acc_2",
  });
  await userEvent.keyboard("z");
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "handoffs.withdraw")?.params).toEqual({ id: "hnd_1" }),
  );
});

it("opens the composer where a person must say more first, and on Enter", async () => {
  const { router, transport } = show("/inbox", {
    ...answers,
    "threads.list": { items: [ranOut(draft())], next: null },
    "drafts.hand_over": () => {
      throw new Problem("conflict", "say first whether the files are committed", null, 409);
    },
  });
  await longEnough();
  await userEvent.keyboard("a");
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/prj_1/handoff"));
  expect(router.state.location.search).toMatchObject({ draft: "dft_1", to: "acc_2" });
  expect(transport.count("drafts.hand_over")).toBe(1);
});

it("snoozes until the account resets", async () => {
  const about = draft();
  const { transport } = show("/inbox", {
    ...answers,
    "threads.list": { items: [ranOut(about)], next: null },
    "threads.snooze": { items: [], next: null },
  });
  await longEnough();
  await userEvent.keyboard("h");
  await userEvent.click(await screen.findByRole("menuitem", { name: /When it resets/ }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "threads.snooze")?.params).toEqual({
      ids: ["dft_1"],
      until: about.resets_at,
    }),
  );
});

it("puts a draft away with a reason", async () => {
  const { transport } = show("/inbox", {
    ...answers,
    "threads.list": { items: [ranOut(draft())], next: null },
    "drafts.reject": draft({ state: "rejected" }),
  });
  await longEnough();
  await userEvent.keyboard("r");
  const dialog = await screen.findByRole("dialog", { name: "Put this draft away?" });
  await userEvent.type(within(dialog).getByRole("textbox", { name: "Why not" }), "I wait");
  await userEvent.click(within(dialog).getByRole("button", { name: "Reject" }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "drafts.reject")?.params).toEqual({
      id: "dft_1",
      reason: "I wait",
    }),
  );
});

it("says that a limit has reset, and why nobody could go on", async () => {
  const over = draft({ resets_at: new Date(Date.now() - 3_600_000).toISOString(), to_account_id: null });
  show("/inbox", { ...answers, "threads.list": { items: [ranOut(over)], next: null } });
  expect((await screen.findAllByText(/can go on again since 1 hour ago/)).length).toBe(2);
  const peek = await screen.findByRole("complementary", { name: "The selected thread" });
  expect(within(peek).getByText("it is left out")).toBeTruthy();
  const button = within(peek).getByRole<HTMLButtonElement>("button", { name: /Hand over/ });
  expect(button.disabled).toBe(true);
});

it("offers work that belongs to no project all the same, and says what becomes of its folder", async () => {
  const loose = draft({ project_id: null, project: null, becomes: "scratch", folder: "/code/scratch" });
  const placed = draft({ project: "scratch" });
  const { router, transport } = show("/inbox", {
    ...answers,
    "threads.list": { items: [ranOut(loose)], next: null },
    "drafts.hand_over": () => {
      throw new Problem("conflict", "say first whether the files are committed", null, 409);
    },
    "drafts.show": { draft: placed, briefing: null },
    "drafts.make_project": placed,
  });
  const peek = await screen.findByRole("complementary", { name: "The selected thread" });
  expect(screen.getAllByText("scratch is ready for ChatGPT Pro").length).toBeGreaterThan(0);
  expect(within(peek).getByText("/code/scratch")).toBeTruthy();
  await longEnough();
  await userEvent.keyboard("a");
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/prj_1/handoff"));
  expect(transport.count("drafts.make_project")).toBe(0);
  await router.navigate({ to: "/inbox" });
  await userEvent.click(await screen.findByRole("button", { name: "Make a project" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/prj_1/handoff"));
  expect(transport.calls.find(({ name }) => name === "drafts.make_project")?.params).toEqual({ id: "dft_1" });
});

const loose = () => draft({ project_id: null, project: null, becomes: "scratch", folder: "/code/scratch" });

it("shows work that belongs to no project before anything is made of it, in a wide window", async () => {
  const { router, transport } = show("/inbox", {
    "threads.list": { items: [ranOut(loose())], next: null },
    "drafts.make_project": draft({ project: "scratch" }),
  });
  const peek = await screen.findByRole("complementary", { name: "The selected thread" });
  await longEnough();
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(document.activeElement).toBe(peek));
  expect(router.state.location.pathname).toBe("/inbox");
  expect(transport.count("drafts.make_project")).toBe(0);
  await userEvent.keyboard("p");
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/prj_1/handoff"));
  expect(transport.count("drafts.make_project")).toBe(1);
});

it("shows it over the list in a narrow window, and hands over only what was shown", async () => {
  asWide(false);
  const { router, transport } = show("/inbox", {
    "threads.list": { items: [ranOut(loose())], next: null },
    "drafts.make_project": draft({ project: "scratch" }),
    "drafts.hand_over": () => ({ ...handoff() }) as never,
  });
  await userEvent.click(await screen.findByRole("button", { name: /scratch is ready/ }));
  const over = await screen.findByRole("dialog", { name: "scratch is ready for ChatGPT Pro" });
  expect(within(over).getByText("/code/scratch")).toBeTruthy();
  await expectNoBarrier();
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(router.state.location.search).toEqual({ selected: "dft_1" });
  // The chosen row's key shows it as well, and the answer is one to what was seen.
  await userEvent.keyboard("{Enter}");
  await screen.findByRole("dialog", { name: "scratch is ready for ChatGPT Pro" });
  expect(transport.count("drafts.hand_over") + transport.count("drafts.make_project")).toBe(0);
  await longEnough();
  await userEvent.keyboard("a");
  await waitFor(() => expect(transport.count("drafts.hand_over")).toBe(1));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("opens the very thread that an address names, also in a narrow window", async () => {
  asWide(false);
  show("/inbox?selected=dft_1&look=true", {
    ...answers,
    "threads.list": { items: [waits(), ranOut(draft())], next: null },
  });
  const over = await screen.findByRole("dialog", { name: "shop is ready for ChatGPT Pro" });
  expect(within(over).getByText("Week: 91% left")).toBeTruthy();
});

it("counts an account that ran out among what waits, until it can go on by itself", () => {
  const now = Date.now();
  const names = (about: ReturnType<typeof draft>) => groupsOf([ranOut(about)], now).map(({ name }) => name);
  expect(names(draft())).toEqual(["waiting"]);
  expect(names(draft({ has_reset: true, ran_out_at: "2026-01-01T00:00:00Z" }))).toEqual(["earlier"]);
});

it("says what git refused, and opens the composer, where the commit can be left out", async () => {
  const { router } = show("/inbox", {
    ...answers,
    "threads.list": { items: [ranOut(draft())], next: null },
    "drafts.hand_over": () => {
      throw new Problem("commit_failed", "the commit failed: the tests fail", null, 409, "the tests fail");
    },
    "drafts.show": { draft: draft(), briefing: null },
  });
  await longEnough();
  await userEvent.keyboard("a");
  await screen.findByText(/the commit failed: the tests fail/);
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/prj_1/handoff"));
});

it("lists under others what was sent and nobody has claimed", async () => {
  const groups = groupsOf(
    [waits(), ranOut(draft({ ran_out_at: new Date().toISOString() }), { since: new Date().toISOString() })],
    Date.now(),
  );
  expect(groups.map(({ name }) => name)).toEqual(["waiting", "others"]);
  const { transport } = show("/inbox", {
    "threads.list": { items: [waits()], next: null },
    "handoffs.withdraw": handoff({ state: "withdrawn" }),
  });
  await screen.findByRole("region", { name: "Waiting on others" });
  expect(screen.getAllByText("shop waits for ChatGPT Pro").length).toBeGreaterThan(0);
  await userEvent.click(screen.getByRole("button", { name: "Take back" }));
  await waitFor(() => expect(transport.count("handoffs.withdraw")).toBe(1));
});
