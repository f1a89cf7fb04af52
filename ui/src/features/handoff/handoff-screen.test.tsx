import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { Answer, MadeBriefing, SessionId } from "../../backend/views";
import { AT, draft, handoff, plan } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const project: Answer<"projects.show"> = {
  project: {
    id: "prj_1" as Answer<"projects.show">["project"]["id"],
    name: "lunavo-storefront",
    description: "",
    status: "active",
    folder: "/code/lunavo",
    objectives: [],
    pinned: [],
    progress: null,
    sessions: 1,
    accounts: [],
    last_session_at: AT,
    created_at: AT,
    updated_at: AT,
  },
  git: null,
  git_trouble: null,
  commit_rule: null,
  secret_policy: "drop",
  has_own_secret_policy: false,
  sessions: { items: [], next: null } as never,
};

const made: MadeBriefing = {
  text: "# Briefing\n",
  tokens: 962,
  budget: 2_000,
  items: [
    { kind: "goal", text: "Move the checkout.", sources: [{ kind: "message", ref: "#3" }] },
    { kind: "file", text: "src/cart.ts", sources: [{ kind: "commit", ref: "a1b2c3d" }] },
  ],
  coverage: {
    candidates: 60,
    kept: 2,
    weight: 0.9,
    loss: {
      score: 0.86,
      facts: 50,
      facts_kept: 43,
      probes: 8,
      probes_answered: 8,
      lost: [
        {
          kind: "command",
          text: "pnpm e2e checkout",
          sources: [{ kind: "message", ref: "#7" }],
          tokens: 1_200,
          probe: null,
        },
      ],
    },
  },
  sessions: [{ label: "", id: "ses_1" as SessionId, title: "The cart", messages: 9 }],
  history_tokens: 186_400,
};

const answers = {
  "projects.show": project,
  "briefings.make": made,
  "accounts.choose": {
    first: "acc_2" as never,
    ranked: [
      {
        id: "acc_2" as never,
        name: "ChatGPT Pro",
        usable: true,
        because: ["91 % of its week left"],
        reasons: [
          { kind: "left" as const, span: "week" as const, part: 0.91 },
          { kind: "runs_out_early" as const, span: "week" as const },
          { kind: "check" as const, outcome: "unreachable" as const },
        ],
      },
      {
        id: "acc_1" as never,
        name: "Claude Max",
        usable: false,
        because: ["ran out at 2026-11-26 04:12 UTC, nobody said until when"],
        reasons: [
          {
            kind: "ran_out" as const,
            out: {
              at: "2026-11-26T04:12:00Z",
              resets_at: null,
              resets_zone: null,
              until: "2026-11-27T04:12:00Z",
              said: "You've hit your limit",
              session_id: null,
            },
          },
        ],
      },
    ],
  },
  "sessions.messages": { items: [], next: null },
  "handoffs.plan": plan(),
};

it("shows the briefing with its sources, its loss and its receiver, and puts it into the queue", async () => {
  const { transport, router } = show("/context/prj_1/handoff", {
    ...answers,
    "handoffs.send": () => ({ ...handoff(), briefing: made }) as never,
    "handoffs.list": { items: [], next: null },
    "accounts.list": { items: [] } as never,
    "projects.list": { items: [], next: null },
  });
  const briefing = await screen.findByRole("region", { name: "Briefing" });
  expect(briefing.textContent).toContain("962 of 2,000 tokens");
  expect(briefing.textContent).toContain("43 of 50 facts, 8 of 8 questions");
  expect(within(briefing).getByText("a1b2c3d").tagName).toBe("CODE");
  const radio = await screen.findByRole<HTMLInputElement>("radio", { name: "ChatGPT Pro" });
  expect(radio.checked).toBe(true);
  // The reasons are in words of the page, with times of its zone.
  const receivers = screen.getByRole("region", { name: /Receiver/ });
  expect(receivers.textContent).toContain("Week: 91% left");
  // What speaks against an account has no tick.
  for (const against of ["Week: runs out before it is filled again", "Nobody could be reached there."]) {
    const line = within(receivers).getByText(against).closest("li");
    expect(line?.querySelector("svg")?.getAttribute("data-tone"), against).toBe("warn");
  }
  expect(receivers.textContent).toMatch(/ran out at .*, nobody said until when/);
  expect(receivers.textContent).not.toContain("UTC");
  await expectNoBarrier();

  await userEvent.click(within(briefing).getByRole("button", { name: "Show #3 in the source" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ session: "ses_1", at: 3 }));
  // The keys go from one kept message to the next.
  await userEvent.keyboard("k");
  await waitFor(() => expect(router.state.location.search).toMatchObject({ at: 3 }));
  expect(receivers.textContent).toContain("The whole history is 186,400 tokens; the receiver reads 962.");
  // What was lost is put back; where even that is not enough, it stands in a larger budget.
  await userEvent.click(within(briefing).getByRole("button", { name: "Add back" }));
  const asked = () => transport.calls.findLast(({ name }) => name === "briefings.make")?.params;
  await waitFor(() => expect(asked()).toMatchObject({ budget: 2_000, wanted: ["pnpm e2e checkout"] }));
  await userEvent.click(await within(briefing).findByRole("button", { name: "Budget 3,200" }));
  await waitFor(() => expect(asked()).toMatchObject({ budget: 3_200, wanted: ["pnpm e2e checkout"] }));
  await userEvent.click(await screen.findByRole("button", { name: /Send to ChatGPT Pro/ }));
  // What was sent is shown.
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/handoffs"));
  expect(router.state.location.search).toEqual({ id: "hnd_1" });
  expect(transport.calls.find(({ name }) => name === "handoffs.send")?.params).toMatchObject({
    project_id: "prj_1",
    to_account_id: "acc_2",
    write_file: true,
    commit: "no",
    wanted: ["pnpm e2e checkout"],
  });
});

it("keeps in the address what was put back, and takes it out again", async () => {
  const { transport, router } = show('/context/prj_1/handoff?wanted=["Money is in cents."]', answers);
  const briefing = await screen.findByRole("region", { name: "Briefing" });
  const wantedOf = (params: unknown) => (params as { wanted?: string[] } | undefined)?.wanted;
  const asked = () => wantedOf(transport.calls.findLast(({ name }) => name === "briefings.make")?.params);
  expect(asked()).toEqual(["Money is in cents."]);
  await userEvent.click(within(briefing).getByRole("button", { name: "Add back" }));
  await waitFor(() =>
    expect(router.state.location.search).toMatchObject({
      wanted: ["Money is in cents.", "pnpm e2e checkout"],
    }),
  );
  await waitFor(() => expect(asked()).toHaveLength(2));
  await userEvent.click(within(briefing).getByText("2 facts put back"));
  await expectNoBarrier();
  await userEvent.click(within(briefing).getByRole("button", { name: "Take out: Money is in cents." }));
  await waitFor(() => expect(asked()).toEqual(["pnpm e2e checkout"]));
});

it("keeps with an open draft what was put back into it", async () => {
  const cents = "Money is in cents.";
  const { transport, router } = show("/context/prj_1/handoff?draft=dft_1&to=acc_2", {
    ...answers,
    "drafts.show": { draft: draft({ wanted: [cents] }), briefing: null },
    "drafts.want": ({ wanted }) => draft({ wanted }),
  });
  const briefing = await screen.findByRole("region", { name: "Briefing" });
  const made = transport.calls.filter(({ name }) => name === "briefings.make");
  // None was made before it was known.
  expect(made.map(({ params }) => (params as { wanted: string[] }).wanted)).toEqual([[cents]]);
  await userEvent.click(within(briefing).getByRole("button", { name: "Add back" }));
  await within(briefing).findByText("2 facts put back");
  expect(transport.calls.find(({ name }) => name === "drafts.want")?.params).toEqual({
    id: "dft_1",
    wanted: [cents, "pnpm e2e checkout"],
  });
  expect(router.state.location.search).not.toHaveProperty("wanted");
});

it("answers a draft with the commit that a person allowed, and says what came of each part", async () => {
  const { transport } = show("/context/prj_1/handoff?draft=dft_1&to=acc_2", {
    ...answers,
    "drafts.show": { draft: draft(), briefing: null },
    "projects.set_commit_rule": { when: "ask", branch: "" },
    "handoffs.send": () =>
      ({
        ...handoff({
          parts: [
            { part: "commit", ok: true, said: "abc1234 on wip", at: AT },
            { part: "file", ok: false, said: "its marks do not stand there once each", at: AT },
          ],
        }),
        briefing: made,
      }) as never,
    "handoffs.list": { items: [], next: null },
    "accounts.list": { items: [] } as never,
    "projects.list": { items: [], next: null },
  });
  await screen.findByText(/Claude Max ran out/);
  const before = await screen.findByRole("region", { name: "Before it goes" });
  await within(before).findByText(/Asked once for this project/);
  await expectNoBarrier();
  await userEvent.click(within(before).getByRole("button", { name: "Ask each time" }));
  await waitFor(() =>
    expect(transport.calls.find(({ name }) => name === "projects.set_commit_rule")?.params).toEqual({
      id: "prj_1",
      when: "ask",
    }),
  );
  await userEvent.click(within(before).getByRole("checkbox", { name: /Write the briefing/ }));
  await userEvent.click(within(before).getByRole("checkbox", { name: "Commit 1 file" }));
  expect(within(before).getByText("1 other file differs and stays as it is")).toBeTruthy();
  const branch = within(before).getByRole<HTMLInputElement>("textbox", { name: "Branch" });
  expect(branch.value).toBe("krake/handoff-2026-11-20-1000");
  await userEvent.clear(branch);
  await userEvent.type(branch, "wip");
  await userEvent.click(screen.getByRole("button", { name: /Send/ }));
  await screen.findByText(/Commit abc1234 on wip, File failed: its marks/);
  expect(transport.calls.find(({ name }) => name === "handoffs.send")?.params).toMatchObject({
    draft_id: "dft_1",
    write_file: false,
    commit: "yes",
    commit_paths: ["cart.ts"],
    commit_branch: "wip",
  });
});

it("asks nothing about commits where the sessions edited no file, and offers the others", async () => {
  const others = plan().files.map((file) => ({ ...file, touched: false }));
  show("/context/prj_1/handoff?to=acc_2", { ...answers, "handoffs.plan": plan({ files: others }) });
  const before = await screen.findByRole("region", { name: "Before it goes" });
  await within(before).findByText(/no file that the sessions edited differs/);
  expect(within(before).queryByText(/Asked once for this project/)).toBeNull();
  await userEvent.click(within(before).getByRole("checkbox", { name: "Commit other files" }));
  await userEvent.click(within(before).getByRole("checkbox", { name: /cart\.ts/ }));
  within(before).getByRole("checkbox", { name: "Commit 1 file" });
});

it("says that nothing was handed over where the commit was refused, and stays", async () => {
  const said = "pre-commit: the tests fail";
  const { router } = show("/context/prj_1/handoff?to=acc_2", {
    ...answers,
    "handoffs.send": () => {
      throw new Problem("commit_failed", `the commit failed: ${said}`, null, 409, said);
    },
  });
  const before = await screen.findByRole("region", { name: "Before it goes" });
  await userEvent.click(await within(before).findByRole("checkbox", { name: "Commit 1 file" }));
  await userEvent.click(screen.getByRole("button", { name: /Send/ }));
  await screen.findByText(/nothing was handed over: pre-commit: the tests fail/);
  expect(router.state.location.pathname).toBe("/context/prj_1/handoff");
});

const account = {
  id: "acc_2" as never,
  name: "Work",
  provider: "anthropic",
  model: "m-1",
  place: "https://m",
};

it("shows what is sent before a model writes, marks its lines and names what was dropped", async () => {
  const { transport, router } = show("/context/prj_1/handoff", {
    ...answers,
    "accounts.list": {
      items: [
        { id: "acc_2", name: "Work", is_called: true, status: "active" },
        { id: "acc_1", name: "Claude Max", is_called: false, status: "active" },
      ],
    } as never,
    "briefings.preview": {
      account,
      lines: 40,
      sent_tokens: 7_800,
      most_answer_tokens: 4_000,
      usd: "0.031",
      most_usd: "0.09",
      page: "You rewrite notes.",
      material: "<quoted-0a> the lines </quoted-0a>",
    },
    "briefings.write": {
      ...made,
      items: [
        ...made.items,
        {
          kind: "statement",
          text: "The cart is done.",
          sources: [{ kind: "message", ref: "#3" }],
          by_model: true,
        },
      ],
      model: {
        account,
        usage: {} as never,
        usd: "0.02",
        tried: [],
        written: 2,
        kept: 1,
        dropped: [{ text: "Bob approved it.", sources: ["#3"], why: "not_in_source", what: "bob" }],
        score: 0.9,
        offline_score: 0.86,
        used: true,
        answer: "- The cart is done. [#3]",
      },
      fault: null,
    },
    "handoffs.send": () => ({ id: "hnd_1", parts: [] }) as never,
    "handoffs.list": { items: [], next: null },
    "projects.list": { items: [], next: null },
  });
  const briefing = await screen.findByRole("region", { name: "Briefing" });
  expect(transport.count("briefings.preview")).toBe(0);
  await userEvent.click(within(briefing).getByRole("switch", { name: /Prose by a model/ }));
  await within(briefing).findByText(/Sends 40 lines, 7,800 tokens/);
  expect(briefing.textContent).toContain("Asks Work (m-1 at https://m).");
  expect(briefing.textContent).toContain("About 0.031 USD, at most 0.09.");
  expect(briefing.textContent).toContain("<quoted-0a> the lines");
  expect(within(briefing).queryByRole("option", { name: "Claude Max" })).toBeNull();
  expect(transport.count("briefings.write")).toBe(0);
  await expectNoBarrier();

  await userEvent.click(within(briefing).getByRole("button", { name: "Write with Work" }));
  await within(briefing).findByText("The cart is done.");
  expect(within(briefing).getAllByRole("img", { name: "Written by a model" })).toHaveLength(1);
  expect(briefing.textContent).toContain("Work wrote 2 lines; 1 of them in the briefing.");
  expect(briefing.textContent).toContain("bob is not in what it cites.");
  // What is lost is put back beside the model's lines, and no model is asked again.
  await userEvent.click(within(briefing).getByRole("button", { name: "Add back" }));
  await waitFor(() =>
    expect(transport.calls.findLast(({ name }) => name === "briefings.make")?.params).toMatchObject({
      wanted: ["pnpm e2e checkout"],
      answer: "- The cart is done. [#3]",
    }),
  );
  expect(transport.count("briefings.write")).toBe(1);
  await userEvent.click(screen.getByRole("button", { name: /Send/ }));
  // What was sent is shown.
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/handoffs"));
  expect(router.state.location.search).toEqual({ id: "hnd_1" });
  expect(transport.calls.find(({ name }) => name === "handoffs.send")?.params).toMatchObject({
    answer: "- The cart is done. [#3]",
    wanted: ["pnpm e2e checkout"],
  });
});

it("says what is missing when a project has no session", async () => {
  show("/context/prj_1/handoff", {
    ...answers,
    "briefings.make": () => {
      throw new Problem("not_found", "there is nothing to brief", null, 404);
    },
  });
  await screen.findByRole("heading", { name: "Nothing to hand over yet" });
});
