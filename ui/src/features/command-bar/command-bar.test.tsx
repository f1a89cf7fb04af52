import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { ExecutionId, PlanProposal } from "../../backend/views";
import { approval, detail, draft, execution, playbook, ranOut, step } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const answers = {
  "executions.list": { items: [execution({ name: "nightly-report" })], next: null },
  "executions.show": detail([step()]),
  "approvals.list": { items: [approval()], next: null },
  "playbooks.list": { items: [playbook()], next: null },
  "knowledge.search": { items: [], next: null },
  "executions.pause": execution({ status: "paused" }),
} satisfies Parameters<typeof show>[1];

const open = async (address = "/inbox", more = {}) => {
  const shown = show(address, { ...answers, ...more });
  await screen.findByRole("heading", { level: 1 });
  await userEvent.keyboard("{Control>}k{/Control}");
  const bar = await screen.findByRole("dialog", { name: "Ask Krake or run a command" });
  return { ...shown, bar: within(bar), field: within(bar).getByRole("combobox") };
};

it("finds places, questions, playbooks and executions, and goes to the chosen one by keys", async () => {
  const { bar, router } = await open();
  await bar.findByRole("option", { name: /nightly-report/ });
  bar.getByRole("option", { name: /create HANDOFF.md/ });
  bar.getByRole("option", { name: /brief-repo.*Briefs/ });
  await expectNoBarrier();
  await userEvent.keyboard("executions{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("names places as the window names them", async () => {
  const { bar, router, field } = await open();
  await userEvent.keyboard("settings");
  await bar.findByRole("option", { name: /^Settings/ });
  await userEvent.clear(field);
  await userEvent.keyboard("snapshots{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/context/snapshots"));
});

it("finds projects by their names, and accounts that ran out among what waits", async () => {
  const { bar, router, field } = await open("/executions/exe_1?view=table", {
    "projects.list": {
      items: [
        { id: "prj_1", name: "lunavo-storefront", folder: "/code/lunavo" } as never,
        { id: "prj_2", name: "blog", folder: null } as never,
      ],
      next: null,
    },
    "threads.list": { items: [ranOut(draft())], next: null },
  });
  await bar.findByRole("option", { name: /shop is ready for ChatGPT Pro.*Ran out/ });
  await userEvent.keyboard("storefr");
  await bar.findByRole("option", { name: /lunavo-storefront.*\/code\/lunavo/ });
  expect(bar.queryByRole("option", { name: /^blog/ })).toBeNull();
  await userEvent.clear(field);
  await userEvent.keyboard("shop");
  await userEvent.click(await bar.findByRole("option", { name: /shop is ready/ }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ selected: "dft_1" }));
});

it("names the chosen row for readers and walks around the ends", async () => {
  const { bar, field } = await open();
  await bar.findByRole("option", { name: /nightly-report/ });
  const options = bar.getAllByRole("option");
  expect(field.getAttribute("aria-activedescendant")).toBe(options[0]?.id);
  await userEvent.keyboard("{ArrowUp}");
  expect(field.getAttribute("aria-activedescendant")).toBe(options.at(-1)?.id);
  expect(options.at(-1)?.getAttribute("aria-selected")).toBe("true");
});

it("after > lists what the screen offers, with its keys, and does it", async () => {
  const { bar, transport } = await open("/executions/exe_1?view=table");
  await userEvent.keyboard(">pau");
  const row = await bar.findByRole("option", { name: "Pause" });
  expect(row.textContent).toContain("P");
  await userEvent.keyboard("{Enter}");
  await waitFor(() => expect(transport.count("executions.pause")).toBe(1));
});

it("asks for the inputs of a playbook and proposes its plan, never a run", async () => {
  const { bar, transport, router } = await open("/inbox", {
    "executions.orchestrate": { execution_id: "exe_1" as ExecutionId },
  });
  await bar.findByRole("option", { name: /brief-repo.*Briefs/ });
  await userEvent.keyboard("brief-repo");
  await userEvent.click(await bar.findByRole("option", { name: /brief-repo.*Briefs/ }));
  await expectNoBarrier();
  await userEvent.type(bar.getByRole("textbox", { name: "path" }), "~/code/cart");
  await userEvent.click(bar.getByRole("button", { name: "Show the plan" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions/exe_1"));
  expect(transport.calls.find((call) => call.name === "executions.orchestrate")?.params).toEqual({
    playbook: "brief-repo",
    inputs: { path: "~/code/cart", budget: 1000 },
    start: false,
  });
});

it("says at the form what was wrong, and goes back by Escape", async () => {
  const { bar } = await open("/inbox", {
    "executions.orchestrate": () => {
      throw new Problem("bad_input", "inputs.path: no such folder", "name one that exists", 422);
    },
  });
  await userEvent.click(await bar.findByRole("option", { name: /brief-repo.*Briefs/ }));
  await userEvent.type(bar.getByRole("textbox", { name: "path" }), "/gone{Enter}");
  expect((await bar.findByRole("alert")).textContent).toContain("no such folder");
  await userEvent.keyboard("{Escape}");
  await bar.findByRole("combobox");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

const proposal = (fields: Partial<PlanProposal>): PlanProposal => ({
  outcome: "planned",
  planner: "offline",
  model: null,
  notes: [],
  model_fault: null,
  playbook: "brief-repo",
  because: "its words are those of an example",
  confidence: 0.9,
  inputs: { path: "~/code/cart" },
  found: [],
  missing: [],
  assumed: [],
  unknown: [],
  refused: [],
  nearest: [],
  plan: null,
  plan_text: "name: brief-repo",
  ...fields,
});

it("gives the keys back to where they came from", async () => {
  show("/inbox", answers);
  const link = await screen.findByRole("link", { name: /Executions/ });
  link.focus();
  await userEvent.keyboard("{Control>}k{/Control}");
  await screen.findByRole("combobox");
  await userEvent.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(link));
});

it("takes a sentence for a request and shows its plan, with nothing started", async () => {
  const { transport, router } = await open("/inbox", {
    "plans.propose": proposal({}),
    "executions.orchestrate": { execution_id: "exe_1" as ExecutionId },
  });
  await userEvent.keyboard("brief the repository in ~/code/cart{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions/exe_1"));
  expect(transport.calls.find((call) => call.name === "plans.propose")?.params).toEqual({
    query: "brief the repository in ~/code/cart",
  });
  expect(transport.calls.find((call) => call.name === "executions.orchestrate")?.params).toEqual({
    playbook: "brief-repo",
    inputs: { path: "~/code/cart" },
    start: false,
  });
});

it("stops at what is only assumed", async () => {
  const { bar, transport } = await open("/inbox", { "plans.propose": proposal({ assumed: ["path"] }) });
  await userEvent.keyboard("brief this repository{Enter}");
  await bar.findByText("Not said, so the usual value is taken:");
  await expectNoBarrier();
  expect(transport.count("executions.orchestrate")).toBe(0);
});

it("says what was not understood and offers what is near, by Ctrl Enter whatever matches", async () => {
  const near = {
    playbook: "brief-repo",
    description: "Briefs a git repository",
    example: "brief the repository in ~/code/foo",
    score: 0.4,
    because: null,
  };
  const { bar, transport } = await open("/inbox", {
    "plans.propose": proposal({ outcome: "unsure", unknown: ["dance"], nearest: [near], playbook: null }),
  });
  await userEvent.keyboard("executions{Control>}{Enter}{/Control}");
  await bar.findByText("dance");
  await expectNoBarrier();
  expect(transport.count("executions.orchestrate")).toBe(0);
  await userEvent.click(bar.getByRole("button", { name: /brief-repo/ }));
  bar.getByRole("textbox", { name: "path" });
});

const model = {
  provider: "openai",
  model: "local-planner",
  place: "http://127.0.0.1:4799",
  usage: { input: 4120, cache_read: null, cache_write: null, output: 388 },
  questions: 1,
};

it("says which model wrote the plan and what it did not get, before and after it is shown", async () => {
  const { bar, router } = await open("/inbox", {
    "plans.propose": proposal({ playbook: null, model, notes: ["it runs under the default limits"] }),
    "executions.orchestrate": { execution_id: "exe_1" as ExecutionId },
    "executions.show": detail([], {
      execution: execution({ id: "exe_1" as ExecutionId, status: "proposed", started_at: null }),
    }),
    "executions.plan": {
      execution_id: "exe_1" as ExecutionId,
      version: 1,
      text: "name: count\nplanned_by: model\n",
      planned_by: "model",
      inputs: {},
      versions: [],
    },
  });
  await userEvent.keyboard("count what is open{Control>}{Enter}{/Control}");
  await bar.findByText("it runs under the default limits");
  bar.getByText("local-planner");
  bar.getByText("4,120 tokens in, 388 out");
  await expectNoBarrier();
  await userEvent.click(bar.getByRole("button", { name: /Show the plan/ }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions/exe_1"));
  await screen.findByText("it runs under the default limits");
  await screen.findByText(/Written by a model/);
});

it("says once why a model gave no plan", async () => {
  const fault = "local-planner: the account has no credit left";
  const { bar } = await open("/inbox", {
    "plans.propose": proposal({
      outcome: "unsure",
      playbook: null,
      model_fault: fault,
      because: `nothing fits, and a model gave no plan either: ${fault}`,
    }),
  });
  await userEvent.keyboard("count what is open{Control>}{Enter}{/Control}");
  await bar.findByText(/A model gave no plan/);
  expect(bar.getAllByText(/no credit left/)).toHaveLength(1);
});

it("asks for what is missing before there is a plan", async () => {
  const schema = { type: "string", slot: "repo", description: "The repository" };
  const plan = { inputs: { path: schema } } as unknown as PlanProposal["plan"];
  const missing = [{ name: "path", description: "The repository", schema }];
  const { bar, transport } = await open("/inbox", {
    "plans.propose": proposal({ inputs: {}, missing, plan }),
    "executions.orchestrate": { execution_id: "exe_1" as ExecutionId },
  });
  await userEvent.keyboard("brief my repository please{Enter}");
  const path = await bar.findByRole("textbox", { name: "path" });
  expect(transport.count("executions.orchestrate")).toBe(0);
  await userEvent.type(path, "/code{Enter}");
  await waitFor(() => expect(transport.count("executions.orchestrate")).toBe(1));
});

it("goes to a place by two keys, and the second alone means nothing more than it did", async () => {
  const { router } = show("/inbox", answers);
  await screen.findByRole("heading", { level: 1 });
  await userEvent.keyboard("e");
  expect(router.state.location.pathname).toBe("/inbox");
  await userEvent.keyboard("ge");
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions"));
});
