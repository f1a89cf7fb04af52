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
};

const answers = {
  "projects.show": project,
  "briefings.make": made,
  "accounts.choose": {
    first: "acc_2" as never,
    ranked: [
      { id: "acc_2" as never, name: "ChatGPT Pro", usable: true, because: ["91 % of the week left"] },
      { id: "acc_1" as never, name: "Claude Max", usable: false, because: ["the 5 h window is used up"] },
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
  await expectNoBarrier();

  await userEvent.click(within(briefing).getByRole("button", { name: "Show #3 in the source" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ session: "ses_1", at: 3 }));
  // What was lost stands in a budget that it fits into.
  await userEvent.click(within(briefing).getByRole("button", { name: "Budget 2,172" }));
  await waitFor(() =>
    expect(transport.calls.findLast(({ name }) => name === "briefings.make")?.params).toMatchObject({
      budget: 2_172,
    }),
  );
  await userEvent.click(screen.getByRole("button", { name: /Send/ }));
  await screen.findByRole("heading", { name: "No handoffs yet" });
  expect(transport.calls.find(({ name }) => name === "handoffs.send")?.params).toMatchObject({
    project_id: "prj_1",
    to_account_id: "acc_2",
    write_file: true,
    commit: "no",
  });
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
            { part: "commit", ok: false, said: "a hook stopped it", at: AT },
            { part: "file", ok: true, said: "/code/shop/AGENTS.md", at: AT },
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
  await screen.findByText(/Commit failed: a hook stopped it, File AGENTS.md/);
  expect(transport.calls.find(({ name }) => name === "handoffs.send")?.params).toMatchObject({
    draft_id: "dft_1",
    write_file: false,
    commit: "yes",
    commit_paths: ["cart.ts"],
    commit_branch: "wip",
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

it("lists the queue, and an account claims and ends what it took", async () => {
  const { transport } = show("/context/handoffs", {
    "handoffs.list": { items: [handoff({ state: "claimed", budget: 1_000 })], next: null },
    "handoffs.done": handoff({ state: "done" }),
    "accounts.list": { items: [{ id: "acc_2", name: "ChatGPT Pro" }] } as never,
    "projects.list": { items: [project.project], next: null },
  });
  const row = await screen.findByRole("listitem");
  expect(row.textContent).toContain("finish the cart");
  await waitFor(() => expect(row.textContent).toContain("for ChatGPT Pro"));
  expect(row.textContent).toContain("kept 94%");
  await expectNoBarrier();
  await userEvent.click(within(row).getByRole("button", { name: "Done" }));
  await waitFor(() => expect(transport.count("handoffs.done")).toBe(1));
});

it("takes back what nobody has claimed, and shows what came of its parts", async () => {
  const parts = [{ part: "commit" as const, ok: true, said: "a1b2c3d on main", at: AT }];
  const { transport } = show("/context/handoffs", {
    "handoffs.list": { items: [handoff({ parts })], next: null },
    "handoffs.withdraw": handoff({ state: "withdrawn" }),
    "accounts.list": { items: [] } as never,
    "projects.list": { items: [], next: null },
  });
  await screen.findByText("a1b2c3d on main");
  await userEvent.click(screen.getByRole("button", { name: "Take back" }));
  await waitFor(() => expect(transport.count("handoffs.withdraw")).toBe(1));
});
