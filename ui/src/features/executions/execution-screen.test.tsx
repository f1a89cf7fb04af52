import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { ExecutionId } from "../../backend/views";
import { approval, detail, execution, step } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const failed = step({
  id: "fetch",
  name: "fetch",
  status: "failed",
  needs: ["history"],
  failure: { class: "no_access", message: "401 from the other side" },
  attempts: [
    {
      number: 1,
      started_at: "2026-11-20T10:00:02.000Z",
      ended_at: "2026-11-20T10:00:03.000Z",
      outcome: "failed",
      allowed_by: null,
      tool: "http.request",
      failure: { class: "timeout", message: "5 s" },
    },
    {
      number: 2,
      started_at: "2026-11-20T10:00:04.000Z",
      ended_at: "2026-11-20T10:00:05.000Z",
      outcome: "failed",
      allowed_by: null,
      tool: "http.request",
      failure: { class: "no_access", message: "401 from the other side" },
    },
  ],
});

it.each(["table", "timeline", "log", "graph"])("shows the %s without a barrier", async (view) => {
  show(`/executions/exe_1?view=${view}&step=fetch`, {
    "executions.show": detail([step(), failed]),
    "executions.logs": {
      items: [
        {
          seq: 1,
          at: "2026-11-20T10:00:00.000Z",
          level: "warn",
          step: "fetch",
          attempt: 1,
          text: "fetch: attempt failed",
        },
      ],
      next: null,
    },
  });
  await screen.findByRole("button", { name: new RegExp(view, "i"), pressed: true });
  await expectNoBarrier();
});

it("tells in plain words what went wrong and what was tried", async () => {
  show("/executions/exe_1?view=table&step=fetch", { "executions.show": detail([step(), failed]) });
  const inspector = within(await screen.findByRole("complementary", { name: "The selected step" }));
  expect(inspector.getAllByText("No access.")).toHaveLength(1);
  inspector.getByRole("heading", { name: "What was tried" });
  inspector.getByText("No answer in time.");
});

it("walks through the steps by keys and keeps the choice in the address", async () => {
  const { router } = show("/executions/exe_1?view=table", { "executions.show": detail([step(), failed]) });
  await screen.findByRole("button", { name: "fetch" });
  await userEvent.keyboard("jj");
  expect(router.state.location.search).toEqual({ view: "table", step: "fetch" });
  await userEvent.keyboard("{Escape}2");
  expect(router.state.location.search).toEqual({ view: "timeline" });
});

it("pauses by a real command, and asks before it cancels", async () => {
  const { transport } = show("/executions/exe_1?view=table", {
    "executions.show": detail([step()]),
    "executions.pause": execution({ status: "paused" }),
    "executions.cancel": execution({ status: "cancelling" }),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Pause" }));
  expect(transport.count("executions.pause")).toBe(1);
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Cancel this execution?" }));
  expect(transport.count("executions.cancel")).toBe(0);
  await expectNoBarrier();
  await userEvent.click(dialog.getByRole("button", { name: "Cancel" }));
  expect(transport.calls.at(-1)).toMatchObject({ name: "executions.cancel", params: { id: "exe_1" } });
});

it("offers the ladder where a step failed: look at it, or run again from there, to be looked at first", async () => {
  const over = execution({ status: "failed", ended_at: "2026-11-20T10:00:09.000Z" });
  const { transport, router } = show("/executions/exe_1?view=table", {
    "executions.show": detail([step(), failed], { execution: over, cause: failed.failure }),
    "executions.rerun": { execution_id: "exe_2" as ExecutionId },
  });
  const band = within(await screen.findByRole("region", { name: "Why it failed" }));
  await userEvent.click(band.getByRole("button", { name: "Tried 2 times" }));
  expect(router.state.location.search).toMatchObject({ step: "fetch" });
  await userEvent.click(band.getByRole("button", { name: "Run again from here" }));
  await waitFor(() => expect(router.state.location.pathname).toBe("/executions/exe_2"));
  expect(transport.calls.find((call) => call.name === "executions.rerun")?.params).toEqual({
    id: "exe_1",
    from: "fetch",
    start: false,
  });
});

it("offers nothing to steer in an execution that is over", async () => {
  show("/executions/exe_1?view=table", {
    "executions.show": detail([step()], {
      execution: execution({ status: "done", ended_at: "2026-11-20T10:00:09.000Z" }),
    }),
  });
  await screen.findByRole("heading", { name: "brief-repo" });
  expect(screen.queryByRole("button", { name: "Pause" })).toBeNull();
});

it("leads to the question that stops it", async () => {
  const { router } = show("/executions/exe_1?view=table", {
    "executions.show": detail([step({ status: "waiting_approval" })], {
      execution: execution({ status: "waiting", waiting: 1 }),
    }),
    "approvals.list": { items: [approval()], next: null },
    "approvals.show": approval(),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Review" }));
  expect(router.state.location.search).toMatchObject({ approval: "apr_1" });
});

it("says so when there is no such execution", async () => {
  show("/executions/exe_9");
  await screen.findByRole("heading", { name: "No such execution" });
});

it("offers to go on where a limit stopped it", async () => {
  const stopped = execution({ status: "stopped", title: "the plan allows 2 attempts, and they are used up" });
  const { transport } = show("/executions/exe_1?view=table", {
    "executions.show": detail([step()], { execution: stopped, at_rest: true }),
    "executions.resume": execution(),
  });
  await userEvent.click(await screen.findByRole("button", { name: "Resume" }));
  expect(transport.count("executions.resume")).toBe(1);
  expect(screen.getByRole("button", { name: "Cancel" })).toHaveProperty("disabled", false);
});

it("says that nobody drives it, and takes it up again", async () => {
  const { transport } = show("/executions/exe_1?view=table", {
    "executions.show": detail([step()], { execution: execution({ undriven: true }) }),
    "executions.resume": execution(),
  });
  const band = within(await screen.findByRole("region", { name: "Nobody drives it" }));
  await expectNoBarrier();
  await userEvent.click(band.getByRole("button", { name: "Resume" }));
  await waitFor(() => expect(transport.count("executions.resume")).toBe(1));
});

it("shows what a version of the plan changed, and who changed it", async () => {
  const versions = [1, 2].map((version) => ({
    version,
    at: "2026-11-20T10:00:00.000Z",
    by: { kind: "person" as const, name: "mai" },
  }));
  show("/executions/exe_1?view=table&tab=plan", {
    "executions.show": detail([step()], { plan_version: 2 }),
    "executions.plan": ({ version }) => ({
      execution_id: "exe_1" as ExecutionId,
      version: version ?? 2,
      text: `name: ${(version ?? 2) === 2 ? "new" : "old"}\n`,
      inputs: {},
      planned_by: "person",
      versions,
    }),
  });
  const panel = within(await screen.findByRole("tabpanel", { name: /Plan/ }));
  await panel.findByText("name: old");
  panel.getByText("name: new");
  await expectNoBarrier();
  await userEvent.click(panel.getByRole("button", { name: /Version 1/ }));
  await waitFor(() => expect(panel.queryByText("name: new")).toBeNull());
});
