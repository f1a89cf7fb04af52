import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { approval } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

let reachEnd: () => void = () => undefined;

beforeEach(() => {
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(seen: (entries: { isIntersecting: boolean }[]) => void) {
        reachEnd = () => seen([{ isIntersecting: true }]);
      }
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const open = (fields: Parameters<typeof approval>[0] = {}) =>
  show("/inbox?approval=apr_1", {
    "approvals.show": approval(fields),
    "approvals.approve": approval({ ...fields, status: "approved" }),
    "approvals.reject": approval({ ...fields, status: "rejected" }),
  });

const ready = () =>
  waitFor(() =>
    expect(screen.getByRole("button", { name: "Reject with reason" })).toHaveProperty("disabled", false),
  );

it("shows the exact bytes, with nothing hidden and neither answer chosen", async () => {
  open();
  const dialog = await screen.findByRole("dialog", { name: "create HANDOFF.md (6 B)" });
  expect(dialog.textContent).toContain("oneU+202Etwo");
  expect(dialog.textContent).toContain("1 hidden character shown");
  await ready();
  await expectNoBarrier();
  expect(document.activeElement?.getAttribute("data-action") ?? "").not.toMatch(/^approval\./);
});

it("takes no answer in the first moments", async () => {
  const { transport } = open();
  const yes = await screen.findByRole("button", { name: "Approve once" });
  fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
  fireEvent.click(yes);
  expect(transport.count("approvals.approve")).toBe(0);
  await ready();
  fireEvent.keyDown(window, { key: "Enter", ctrlKey: true });
  await waitFor(() =>
    expect(transport.calls.at(-1)).toMatchObject({
      name: "approvals.approve",
      params: { id: "exe_1", approval_id: "apr_1" },
    }),
  );
});

it("wants what cannot be undone to be read to its end, but always takes a no", async () => {
  const { transport } = open({ reversible: false });
  await screen.findByRole("dialog");
  await ready();
  expect(screen.getByRole("button", { name: "Approve once" })).toHaveProperty("disabled", true);
  screen.getByText("Read to the end first: this cannot be undone");
  reachEnd();
  await waitFor(() =>
    expect(screen.getByRole("button", { name: "Approve once" })).toHaveProperty("disabled", false),
  );
  fireEvent.keyDown(window, { key: "r" });
  await userEvent.type(await screen.findByRole("textbox"), "not today");
  await userEvent.click(screen.getByRole("button", { name: "Reject" }));
  expect(transport.calls.find((call) => call.name === "approvals.reject")?.params).toEqual({
    id: "exe_1",
    approval_id: "apr_1",
    reason: "not today",
  });
  expect(transport.count("approvals.approve")).toBe(0);
});

it("asks about an unknown outcome in its own words", async () => {
  const { transport } = open({ kind: "unknown_outcome", reversible: true, diff: null });
  await screen.findByRole("dialog", { name: "Did this happen?" });
  screen.getByRole("button", { name: "Run it again" });
  await ready();
  await userEvent.click(screen.getByRole("button", { name: "It did happen" }));
  expect(transport.calls.find((call) => call.name === "approvals.approve")?.params).toMatchObject({
    happened: true,
  });
});

it("says so when it was answered in the meantime", async () => {
  open({ status: "expired" });
  await screen.findByText(
    "It was answered, expired or was withdrawn in the meantime. Nothing is left to do here.",
  );
  await expectNoBarrier();
});

it("makes a rule only after it was shown in words", async () => {
  const { transport } = open({ scopes: ["execution", "always", "always_under"] });
  await screen.findByRole("dialog", { name: "create HANDOFF.md (6 B)" });
  await ready();
  await userEvent.click(screen.getByRole("button", { name: "Always…" }));
  const make = await screen.findByRole("button", { name: "Approve and make this rule" });
  expect(make).toHaveProperty("disabled", true);
  const rule = screen.getByRole("radio", { name: "fs.write in this folder and below /code" });
  await expectNoBarrier();
  expect(transport.count("approvals.approve")).toBe(0);
  await userEvent.click(rule);
  await userEvent.click(make);
  await waitFor(() =>
    expect(transport.calls.find((call) => call.name === "approvals.approve")?.params).toMatchObject({
      scope: "always_under",
    }),
  );
});

it("says yes for the rest of this execution, where that is allowed", async () => {
  const { transport } = open({ scopes: ["execution"] });
  await screen.findByRole("dialog", { name: "create HANDOFF.md (6 B)" });
  await ready();
  expect(screen.queryByRole("button", { name: "Always…" })).toBeNull();
  fireEvent.keyDown(window, { key: "Enter", ctrlKey: true, shiftKey: true });
  await waitFor(() =>
    expect(transport.calls.find((call) => call.name === "approvals.approve")?.params).toMatchObject({
      scope: "execution",
    }),
  );
});

it("asks anew about edited arguments, and steps back by Escape", async () => {
  const { transport, router } = show("/inbox?approval=apr_1", {
    "approvals.show": approval(),
    "approvals.edit": { approval_id: "apr_2" as ReturnType<typeof approval>["id"] },
  });
  await screen.findByRole("dialog", { name: "create HANDOFF.md (6 B)" });
  await ready();
  fireEvent.keyDown(window, { key: "e" });
  const area = await screen.findByRole("textbox", { name: "Arguments" });
  fireEvent.change(area, { target: { value: '{"path": ' } });
  expect(screen.getByRole("button", { name: "Ask about this call" })).toHaveProperty("disabled", true);
  fireEvent.keyDown(area, { key: "Escape" });
  await ready();
  fireEvent.keyDown(window, { key: "e" });
  fireEvent.change(await screen.findByRole("textbox", { name: "Arguments" }), {
    target: { value: '{"path": "NEXT.md"}' },
  });
  await userEvent.click(screen.getByRole("button", { name: "Ask about this call" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ approval: "apr_2" }));
  expect(transport.calls.find((call) => call.name === "approvals.edit")?.params).toMatchObject({
    args: { path: "NEXT.md" },
  });
  expect(transport.count("approvals.approve")).toBe(0);
});
