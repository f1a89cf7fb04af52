import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { Briefing, HandoffDetail, HandoffId, HandoffView, SessionId } from "../../backend/views";
import { chooseLanguage } from "../../i18n/i18n";
import { AT, handoff, ranOut } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

afterEach(() => chooseLanguage("en"));

const one = (number: number, fields: Partial<HandoffView> = {}): HandoffView =>
  handoff({ id: `hnd_${number}` as HandoffId, goal: `goal ${number}`, ...fields });

const briefing: Briefing = {
  text: "# Briefing\n\n- Move the checkout. [s1#3]\n",
  tokens: 962,
  budget: 1_000,
  items: [
    { kind: "goal", text: "Move the `checkout`.", sources: [{ kind: "message", ref: "s1#3" }] },
    { kind: "file", text: "src/cart.ts", sources: [{ kind: "commit", ref: "a1b2c3d" }] },
    { kind: "decision", text: "Cents, not floats.", sources: [{ kind: "message", ref: "s9#1" }] },
  ],
  coverage: {
    candidates: 60,
    kept: 3,
    weight: 0.9,
    loss: {
      score: 0.86,
      facts: 50,
      facts_kept: 43,
      probes: 8,
      probes_answered: 7,
      lost: [
        {
          kind: "command",
          text: "pnpm e2e checkout",
          sources: [{ kind: "message", ref: "s2#7" }],
          tokens: 12,
          probe: null,
        },
        {
          kind: "command",
          text: "pnpm e2e checkout",
          sources: [{ kind: "message", ref: "s2#7" }],
          tokens: 12,
          probe: "How is it tested?",
        },
      ],
    },
  },
  cited: [
    { label: "s1", session: "ses_1" as SessionId },
    { label: "s2", session: "ses_2" as SessionId },
  ],
};

const whole = (fields: Partial<HandoffView> = {}, of: Partial<Briefing> = {}): HandoffDetail => ({
  ...one(1, fields),
  briefing: { ...briefing, ...of },
});

const answers = {
  "accounts.list": {
    items: [
      { id: "acc_1", name: "Claude Max" },
      { id: "acc_2", name: "ChatGPT Pro" },
    ],
  } as never,
  "projects.list": { items: [{ id: "prj_1", name: "shop", accounts: [] }], next: null } as never,
};

const listed = (...items: HandoffView[]) => ({ ...answers, "handoffs.list": { items, next: null } });

it("opens the chosen handoff beside the list by the keys, and it stands in the address", async () => {
  const { router } = show("/context/handoffs", {
    ...listed(one(3), one(2, { goal: null }), one(1)),
    "handoffs.show": ({ id }) => ({ ...whole({ goal: `goal of ${id}` }), id }),
  });
  const list = await screen.findByRole("list", { name: "Handoffs" });
  await screen.findByRole("heading", { name: "Choose a handoff" });
  const rows = within(list).getAllByRole("link");
  expect(rows).toHaveLength(3);
  // Without a goal it is called by its project.
  await waitFor(() => expect(rows[1]?.textContent).toMatch(/^shop.*Pendingfor ChatGPT Prokept 94%$/));
  await userEvent.keyboard("jj");
  await waitFor(() => expect(router.state.location.search).toEqual({ id: "hnd_2" }));
  await screen.findByRole("heading", { name: "goal of hnd_2" });
  expect(rows.map((row) => row.hasAttribute("aria-current"))).toEqual([false, true, false]);
  await userEvent.keyboard("k");
  await screen.findByRole("heading", { name: "goal of hnd_3" });
  await expectNoBarrier();
  // Where there is room for one of them, a link leads back to the list.
  await userEvent.click(screen.getByRole("link", { name: "All handoffs" }));
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});

it("shows all that is known of one that was done, read only", async () => {
  const parts = [
    { part: "commit" as const, ok: true, said: "a1b2c3d on main", at: AT },
    { part: "file" as const, ok: false, said: "its marks do not stand there once each", at: AT },
  ];
  const fields: Partial<HandoffView> = {
    state: "done",
    parts,
    from_account_id: "acc_1",
    claimed_at: AT,
    claimed_by: "acc_1",
    done_at: AT,
    note: "refunds are open",
    snapshot_id: "snp_1" as never,
  };
  show("/context/handoffs?id=hnd_1", { ...listed(one(1, fields)), "handoffs.show": whole(fields) });
  const shown = await screen.findByRole("article", { name: "goal 1" });
  const facts = within(shown)
    .getAllByRole("term")
    .map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent}`);
  expect(facts).toEqual([
    "From: Claude Max",
    "For: ChatGPT Pro",
    expect.stringMatching(/^Made: .+/),
    expect.stringMatching(/^Claimed: .+, Claude Max$/),
    expect.stringMatching(/^Done: .+/),
    "Note: refunds are open",
    "Length: 962 of 1,000 tokens · of a history of 300,000 tokens",
    "Snapshot: What was frozen then",
  ]);
  const outcome = within(shown).getByRole("region", { name: "What came of its parts" });
  expect(outcome.textContent).toContain("Commit a1b2c3d on main");
  expect(outcome.textContent).toContain("File failed: its marks");
  // In the row stands only what went wrong.
  const row = screen.getByRole("list", { name: "Handoffs" }).querySelector("[data-handoff=hnd_1]");
  expect(row?.textContent).toContain("File failed");
  expect(row?.textContent).not.toContain("a1b2c3d");
  expect(shown.textContent).toContain("86%");
  expect(shown.textContent).toContain("43 of 50 facts, 7 of 8 questions");
  expect(shown.textContent).toContain("floor 90%");
  // A fact that two questions want is told once; nothing can be put back into what was sent.
  expect(within(shown).getAllByText("pnpm e2e checkout")).toHaveLength(1);
  expect(within(shown).queryByRole("button", { name: "Add back" })).toBeNull();
  expect(within(shown).getByRole("link", { name: "What was frozen then" }).getAttribute("href")).toBe(
    "/context/snapshots?id=snp_1",
  );
  expect(
    within(shown)
      .getAllByRole("button")
      .map((button) => button.textContent),
  ).toEqual(["Copy"]);
  await expectNoBarrier();
});

it("leads from a line, and from a lost fact, to the message in its session, and nowhere where there is none", async () => {
  const { router } = show("/context/handoffs?id=hnd_1", { ...listed(one(1)), "handoffs.show": whole() });
  const shown = await screen.findByRole("article", { name: "goal 1" });
  expect(within(shown).getByText("checkout").tagName).toBe("CODE");
  // A commit, and a session that is not among those that are cited.
  for (const reference of ["a1b2c3d", "s9#1"]) {
    expect(within(shown).getByText(reference).tagName).toBe("CODE");
  }
  expect(within(shown).getByText("pnpm e2e checkout").getAttribute("href")).toBe(
    "/context/sessions/ses_2?at=7",
  );
  await userEvent.click(within(shown).getByRole("link", { name: "Open s1#3 in its session" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/sessions/ses_1"));
  expect(router.state.location.search).toEqual({ at: 3 });
});

it("copies the briefing as it was sent, and says so", async () => {
  const user = userEvent.setup();
  show("/context/handoffs?id=hnd_1", { ...listed(one(1)), "handoffs.show": whole() });
  await screen.findByRole("article", { name: "goal 1" });
  await user.keyboard("{Shift>}C{/Shift}");
  await screen.findByText("Copied");
  expect(await navigator.clipboard.readText()).toBe(briefing.text);
});

it("opens one that was never measured and cites no stored session", async () => {
  const { cited: _, ...old } = briefing;
  const kept = { ...old, coverage: { candidates: 3, kept: 3, weight: 1 } };
  const fields = { state: "withdrawn" as const, history_tokens: null, to_account_id: null, done_at: AT };
  show("/context/handoffs?id=hnd_1", {
    ...listed(one(1, fields)),
    "handoffs.show": { ...one(1, fields), briefing: kept },
  });
  const shown = await screen.findByRole("article", { name: "goal 1" });
  expect(within(shown).queryByRole("meter")).toBeNull();
  expect(within(shown).getByText("s1#3").tagName).toBe("CODE");
  expect(shown.textContent).toContain("Forwhoever goes on");
  expect(shown.textContent).toContain("Taken back");
});

it("reaches more than one page, by the button and by the keys at its end", async () => {
  const pages: Record<string, { items: HandoffView[]; next: string | null }> = {
    first: { items: [one(9), one(8)], next: "b" },
    b: { items: [one(7)], next: "c" },
    c: { items: [one(6)], next: null },
  };
  const { transport } = show("/context/handoffs", {
    ...answers,
    "handoffs.list": ({ cursor }) => pages[cursor ?? "first"] ?? { items: [], next: null },
    "handoffs.show": ({ id }) => ({ ...whole(), id }),
  });
  const list = await screen.findByRole("list", { name: "Handoffs" });
  const rows = () => list.querySelectorAll("[data-handoff]").length;
  expect(rows()).toBe(2);
  await userEvent.click(screen.getByRole("button", { name: "Show more" }));
  await waitFor(() => expect(rows()).toBe(3));
  await userEvent.keyboard("jjj");
  await waitFor(() => expect(rows()).toBe(4));
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  expect(
    transport.calls
      .filter(({ name }) => name === "handoffs.list")
      .map(({ params }) => (params as { cursor: string | null }).cursor),
  ).toEqual([null, "b", "c"]);
});

it("says that a handoff is not there, beside the list that is", async () => {
  show("/context/handoffs?id=hnd_7", {
    ...listed(one(1)),
    "handoffs.show": () => {
      throw new Problem("not_found", "there is no handoff hnd_7", null, 404);
    },
  });
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("there is no handoff hnd_7");
  within(problem).getByRole("button", { name: "Try again" });
  screen.getByText("goal 1");
});

it("an account claims and ends what it took, in the row and where the whole is shown", async () => {
  const { transport } = show("/context/handoffs?id=hnd_1", {
    ...listed(one(1, { state: "claimed" })),
    "handoffs.show": whole({ state: "claimed" }),
    "handoffs.done": one(1, { state: "done" }),
  });
  const shown = await screen.findByRole("article", { name: "goal 1" });
  const row = within(screen.getByRole("list", { name: "Handoffs" })).getAllByRole("listitem")[0];
  await userEvent.click(within(row as HTMLElement).getByRole("button", { name: "Done" }));
  await userEvent.click(within(shown).getByRole("button", { name: "Done" }));
  await waitFor(() => expect(transport.count("handoffs.done")).toBe(2));
});

it("takes back what nobody has claimed", async () => {
  const { transport } = show("/context/handoffs", {
    ...listed(one(1)),
    "handoffs.withdraw": one(1, { state: "withdrawn" }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Take back" }));
  await waitFor(() => expect(transport.count("handoffs.withdraw")).toBe(1));
});

it("says why a handoff was not sent, and leads to where it can be handed over again", async () => {
  const parts = [{ part: "commit" as const, ok: false, said: "a hook stopped it", at: AT }];
  show("/context/handoffs", listed(one(1, { state: "not_sent", parts })));
  await screen.findByText("Commit failed: a hook stopped it");
  const again = screen.getByRole("link", { name: "Hand over" });
  expect(again.getAttribute("href")).toContain("/context/prj_1/handoff");
  await expectNoBarrier();
});

it("says what the queue is for while it is empty", async () => {
  show("/context/handoffs", listed());
  await screen.findByRole("heading", { name: "No handoffs yet" });
  await expectNoBarrier();
});

it("is opened from the inbox, at the very handoff that waits there", async () => {
  const sent = { ...one(1), project: "shop", to: "ChatGPT Pro" };
  const thread = ranOut({} as never, {
    kind: "handoff",
    waits: false,
    since: AT,
    draft: null,
    handoff: sent,
  });
  const { router } = show("/inbox", {
    ...listed(one(1)),
    "handoffs.show": whole(),
    "threads.list": { items: [thread], next: null },
  });
  await userEvent.click(await screen.findByRole("button", { name: /Open/ }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/handoffs"));
  expect(router.state.location.search).toEqual({ id: "hnd_1" });
});

it("is the same in a language that is written from right to left", async () => {
  await chooseLanguage("he");
  show("/context/handoffs?id=hnd_1", { ...listed(one(1)), "handoffs.show": whole() });
  const shown = await screen.findByRole("article", { name: "goal 1" });
  expect(document.documentElement.dir).toBe("rtl");
  // References and ids keep their direction.
  expect(within(shown).getByText("s1#3").getAttribute("dir")).toBe("ltr");
  expect(within(shown).getByText("hnd_1").getAttribute("dir")).toBe("ltr");
  await expectNoBarrier();
});
