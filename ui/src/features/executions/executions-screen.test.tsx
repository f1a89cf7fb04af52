import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { ExecutionId } from "../../backend/views";
import { detail, execution, step } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const fails = (problem: Problem) => () => {
  throw problem;
};

it("offers three ways to begin when there is nothing yet, and briefs a repository as a plan to look at", async () => {
  const { transport, router } = show("/executions", {
    "executions.list": { items: [], next: null },
    "executions.orchestrate": { execution_id: "exe_1" as ExecutionId },
    "executions.show": detail([step()]),
  });
  await screen.findByRole("heading", { name: "No executions yet" });
  screen.getByText("krake run brief-repo -i path=.");
  await expectNoBarrier();
  const toPlan = screen.getByRole("button", { name: "Show the plan" });
  expect(toPlan).toHaveProperty("disabled", true);
  await userEvent.type(screen.getByRole("textbox", { name: "Path of the repository" }), "~/code/cart{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions/exe_1"));
  expect(transport.calls.find((call) => call.name === "executions.orchestrate")?.params).toEqual({
    playbook: "brief-repo",
    inputs: { path: "~/code/cart" },
    start: false,
  });
});

it("proposes the sample, and says beside its button when that fails", async () => {
  const { transport } = show("/executions", {
    "executions.list": { items: [], next: null },
    "executions.orchestrate": fails(new Problem("stopping", "Krake is stopping", null, 503)) as never,
  });
  await userEvent.click(await screen.findByRole("button", { name: "Show the sample" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Krake is stopping");
  const { params } = transport.calls.find((call) => call.name === "executions.orchestrate") ?? {};
  expect(params).toMatchObject({ start: false, source: "sample" });
});

it("writes one line about each execution and opens it by keys", async () => {
  const items = [
    execution(),
    execution({
      id: "exe_2" as ExecutionId,
      name: "check-sites",
      status: "failed",
      steps_failed: 1,
      ended_at: "2026-11-20T10:01:00.000Z",
    }),
  ];
  const { router } = show("/executions", { "executions.list": { items, next: null } });
  await screen.findByText("1 of 3 steps done");
  screen.getByText("1 step failed, 1 of 3 steps done");
  await expectNoBarrier();
  await userEvent.keyboard("jj{Enter}");
  expect(router.state.location.pathname).toBe("/executions/exe_2");
});

it("filters by the status in the address", async () => {
  const { transport } = show("/executions?status=failed", { "executions.list": { items: [], next: null } });
  await screen.findByRole("heading", { name: "No execution has this status now" });
  expect(transport.calls.find((call) => call.name === "executions.list")?.params).toMatchObject({
    status: "failed",
  });
});

it("asks the core with a status that it knows, whatever the address says", async () => {
  const { transport } = show("/executions?status=nonsense", { "executions.list": { items: [], next: null } });
  await screen.findByRole("heading", { name: "No executions yet" });
  expect(transport.calls.find((call) => call.name === "executions.list")?.params).toMatchObject({
    status: null,
  });
});

it.each([
  [new Problem("no_token", "a token is needed", null, 401), "This page has no key to Krake"],
  [new Problem("owned", "in use by process 7", "stop it"), "Another process has this data folder"],
  [new Problem("corrupt", "the journal is damaged", "restore a backup", 500), "This could not be loaded"],
])("says what to do when it fails with %s", async (problem, heading) => {
  show("/executions", { "executions.list": fails(problem) as never });
  await screen.findByRole("heading", { name: heading });
  screen.getByRole("button", { name: "Try again" });
  screen.getByRole("button", { name: "Copy details" });
  await expectNoBarrier();
});
