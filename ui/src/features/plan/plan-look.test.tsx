import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { ExecutionId, PlanCheck, StepPreview } from "../../backend/views";
import { detail, execution, step } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const preview = (fields: Partial<StepPreview>): StepPreview => ({
  id: "history",
  name: "History",
  tool: "git.log",
  about: "Read the history",
  class: "read",
  effect: "reads",
  target: "/code/cart",
  args: {},
  asks: "never",
  because: null,
  needs: [],
  wave: 0,
  critical: true,
  guess_ms: 1000,
  alternatives: [],
  ...fields,
});

const sound: PlanCheck = {
  ok: true,
  name: "brief-repo",
  steps: 2,
  planned_by: "person",
  inputs: { path: { type: "string", slot: "repo" } },
  faults: [],
  waves: [["history"], ["handoff"]],
  critical_path: ["history", "handoff"],
  asks: [],
  preview: [
    preview({}),
    preview({
      id: "handoff",
      name: "Write the handoff",
      tool: "fs.write",
      effect: "writes",
      target: "/code/cart/HANDOFF.md",
      asks: "always",
      because: "the plan wants it",
      needs: ["history"],
      wave: 1,
    }),
  ],
  saved_ms: 0,
  repeats: [],
};

const broken: PlanCheck = {
  ...sound,
  ok: false,
  faults: [{ line: 2, column: 3, code: "unknown_key", message: "`stps` is no key", expected: "`steps`" }],
  preview: [],
};

const plan = (text: string) => ({
  execution_id: "exe_1" as ExecutionId,
  version: 1,
  text,
  inputs: {},
  planned_by: "person" as const,
  versions: [],
});

const proposed = execution({ status: "proposed", started_at: null, source: "brief-repo" });

const open = (more: Parameters<typeof show>[1] = {}) =>
  show("/executions/exe_1", {
    "executions.show": detail([step({ status: "pending", started_at: null })], {
      execution: proposed,
      inputs: { path: "/code/cart" },
    }),
    "executions.plan": plan("name: brief-repo\nsteps: []\n"),
    "plans.check": ({ plan }) => (String(plan).includes("stps") ? broken : sound),
    "executions.start": execution(),
    "executions.cancel": execution({ status: "cancelled" }),
    ...more,
  });

const table = async () => within(await screen.findByRole("table"));

it("says what each step will touch and which one asks, and starts only when told to", async () => {
  const { transport } = open();
  const rows = await table();
  await rows.findByText("/code/cart/HANDOFF.md");
  rows.getByText("Writes");
  rows.getByText("asks you");
  await expectNoBarrier();
  expect(transport.count("executions.start")).toBe(0);
  await userEvent.click(screen.getByRole("button", { name: "Start" }));
  await waitFor(() => expect(transport.count("executions.start")).toBe(1));
});

it("shows faults with their place, and does not start what is not shown", async () => {
  open();
  await (await table()).findByText("/code/cart/HANDOFF.md");
  const area = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Plan text" });
  fireEvent.change(area, { target: { value: "name: brief-repo\n  stps: []\n" } });
  const fault = await screen.findByRole("button", { name: /2:3.*`stps` is no key/ });
  expect(screen.getByRole("button", { name: "Start" })).toHaveProperty("disabled", true);
  expect(screen.getByRole("button", { name: "Use these changes" })).toHaveProperty("disabled", true);
  await userEvent.click(fault);
  expect(area.selectionStart).toBe("name: brief-repo\n".length + 2);
  await userEvent.click(screen.getByRole("button", { name: "Drop them" }));
  expect(area.value).toBe("name: brief-repo\nsteps: []\n");
});

it("shows what is tried instead when a call has failed for good", async () => {
  const other = {
    tool: "http.request",
    class: "unsafe" as const,
    effect: "writes" as const,
    target: "POST https://a.example/handoff",
    asks: "perhaps" as const,
    because: null,
  };
  open({ "plans.check": { ...sound, preview: [preview({ alternatives: [other] })] } });
  await (await table()).findByText("POST https://a.example/handoff");
  (await table()).getByText("http.request");
  await expectNoBarrier();
});

it("puts the changed plan in the place of the old one", async () => {
  let text = "name: brief-repo\nsteps: []\n";
  const { transport } = open({
    "executions.plan": () => plan(text),
    "executions.revise": ({ plan: next }) => {
      text = String(next);
      return { execution_id: "exe_1" as ExecutionId, version: 2 };
    },
  });
  await (await table()).findByText("/code/cart/HANDOFF.md");
  const area = screen.getByRole("textbox", { name: "Plan text" });
  fireEvent.change(area, { target: { value: "name: other\nsteps: []\n" } });
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "Use these changes" })).toHaveProperty("disabled", false),
  );
  await userEvent.click(screen.getByRole("button", { name: "Use these changes" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Use these changes" })).toBeNull());
  expect(transport.calls.find((call) => call.name === "executions.revise")?.params).toEqual({
    id: "exe_1",
    plan: "name: other\nsteps: []\n",
    inputs: { path: "/code/cart" },
    version: 1,
  });
  expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Plan text" }).value).toBe(text);
  expect(screen.getByRole("button", { name: "Start" })).toHaveProperty("disabled", false);
});

it("discards without a question, since nothing has run", async () => {
  const { transport, router } = open({ "executions.list": { items: [], next: null } });
  await userEvent.click(await screen.findByRole("button", { name: "Discard" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions"));
  expect(transport.calls.find((call) => call.name === "executions.cancel")?.params).toEqual({ id: "exe_1" });
});
