import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { Answer, RestoredView, SnapshotDiff, SnapshotId, SnapshotView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

type ProjectId = Answer<"projects.list">["items"][number]["id"];

const snapshot = (number: number, fields: Partial<SnapshotView> = {}): SnapshotView => ({
  id: `snp_${number}` as SnapshotId,
  name: `state ${number}`,
  occasion: null,
  project_id: "prj_1",
  folder: null,
  created_at: `2026-11-20T1${number}:00:00.000Z`,
  sessions: 2,
  messages: 1_204,
  knowledge: 12,
  ...fields,
});

const projects = {
  items: [{ id: "prj_1" as ProjectId, name: "shop", accounts: [] }],
  next: null,
} as unknown as Answer<"projects.list">;

const diff: SnapshotDiff = {
  knowledge: [
    { id: "kno_1" as never, title: "Count in cents", change: "added", superseded: false, withdrawn: false },
    { id: "kno_2" as never, title: "Round at the end", change: "changed", superseded: true },
    { id: "kno_3" as never, title: "Ship on Mondays", change: "changed", superseded: false },
    { id: "kno_4" as never, title: "Use the old cart", change: "removed" },
    { id: "kno_5" as never, title: "Round up", change: "changed", superseded: false, withdrawn: true },
    { id: "kno_6" as never, title: "Round down", change: "added", superseded: true, withdrawn: false },
  ],
  sessions: [
    { id: "ses_1" as never, title: "The cart", change: "changed", more: 12 },
    { id: "ses_2" as never, title: "", change: "added" },
    { id: "ses_3" as never, title: "The tax", change: "removed" },
  ],
};

const restored: RestoredView = {
  added: 1,
  changed: 2,
  withdrawn: 1,
  before: "snp_9" as SnapshotId,
  missing_sessions: [],
};

const answers = {
  "projects.list": projects,
  "snapshots.list": { items: [snapshot(3), snapshot(2), snapshot(1, { name: "" })], next: null },
  "snapshots.show": ({ id }: { id: SnapshotId }) => ({
    ...snapshot(Number(id.slice(4))),
    frozen_sessions: [{ id: "ses_1" as never, title: "The cart", messages: 40, hash: "h" as never }],
  }),
  "snapshots.diff": diff,
};

it("lists what was frozen, and tells what is different since, or in a later one", async () => {
  const { transport, router } = show("/context/snapshots", answers);
  const list = await screen.findByRole("list", { name: "Snapshots" });
  const rows = within(list).getAllByRole("link");
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringContaining("state 3"),
    expect.stringContaining("state 2"),
    expect.stringContaining("Unnamed"),
  ]);
  expect(rows[0]?.textContent).toContain("2 sessions1,204 messages12 entries");
  await waitFor(() => expect(rows[0]?.textContent).toContain("shop"));
  // The keys go through the list as everywhere.
  await userEvent.keyboard("jj");
  await waitFor(() => expect(router.state.location.search).toMatchObject({ id: "snp_2" }));
  const knowledge = await screen.findByRole("region", { name: "Knowledge" });
  expect(
    within(knowledge)
      .getAllByRole("listitem")
      .map((row) => row.textContent),
  ).toEqual([
    "NewCount in cents",
    "SupersededRound at the end",
    "Counts againShip on Mondays",
    "GoneUse the old cart",
    "WithdrawnRound up",
    "NewRound down",
  ]);
  const sessions = screen.getByRole("region", { name: "Sessions" });
  expect(
    within(sessions)
      .getAllByRole("listitem")
      .map((row) => row.textContent),
  ).toEqual(["12 messages moreThe cart", "NewUntitled session", "GoneThe tax"]);
  // What is gone leads nowhere.
  expect(within(knowledge).queryByRole("link", { name: "Use the old cart" })).toBeNull();
  expect(within(knowledge).getByRole("link", { name: "Round at the end" })).toBeTruthy();
  await expectNoBarrier();

  const other = screen.getByRole("combobox", { name: "Compared with" });
  expect(
    within(other)
      .getAllByRole("option")
      .map((option) => option.textContent),
  ).toEqual(["what is there now", "state 3"]);
  await userEvent.selectOptions(other, "state 3");
  await waitFor(() => expect(router.state.location.search).toMatchObject({ id: "snp_2", with: "snp_3" }));
  await waitFor(() =>
    expect(transport.calls.findLast(({ name }) => name === "snapshots.diff")?.params).toEqual({
      id: "snp_2",
      other: "snp_3",
    }),
  );
});

it("names what Krake froze by itself by what it was made before", async () => {
  const items = [
    snapshot(3, { name: "state 2", occasion: "restore" }),
    snapshot(2),
    snapshot(1, { name: "", occasion: "handoff" }),
  ];
  show("/context/snapshots?id=snp_2", { ...answers, "snapshots.list": { items, next: null } });
  const list = await screen.findByRole("list", { name: "Snapshots" });
  const names = within(list)
    .getAllByRole("link")
    .map((row) => row.querySelector("bdi")?.textContent);
  expect(names).toEqual(["Before the restore of state 2", "state 2", "Before a handoff"]);
  // Where only the name tells them apart, the end of the id does.
  expect(await screen.findByRole("option", { name: "Before the restore of state 2 snp_3" })).toBeTruthy();
});

it("tells what a restore would do before it does it, and takes it back", async () => {
  const { transport } = show("/context/snapshots?id=snp_1", {
    ...answers,
    "snapshots.restore": restored,
  });
  await userEvent.click(await screen.findByRole("button", { name: /Bring the knowledge back/ }));
  const dialog = await screen.findByRole("dialog");
  await within(dialog).findByText(/1 entry that is gone comes back/);
  expect(dialog.textContent).toContain("Use the old cart");
  expect(dialog.textContent).toContain(
    "3 entries count or are superseded again as they were: Round at the end, Ship on Mondays, Round up",
  );
  expect(dialog.textContent).toContain("1 entry that came later counts no more: Count in cents");
  expect(dialog.textContent).toContain("1 session does not hold any more what was frozen");
  expect(dialog.textContent).toContain("The state now is frozen first");
  expect(transport.count("snapshots.restore")).toBe(0);
  await expectNoBarrier();

  await userEvent.click(within(dialog).getByRole("button", { name: "Bring it back" }));
  await within(dialog).findByText("The knowledge stands as it was frozen.");
  expect(dialog.textContent).toContain("1 entry came back.");
  expect(dialog.textContent).toContain("1 entry that came later counts no more.");
  expect(within(dialog).getByRole("link", { name: "snp_9" })).toBeTruthy();
  await userEvent.click(within(dialog).getByRole("button", { name: "Take back" }));
  await within(dialog).findByText("Taken back.");
  expect(within(dialog).queryByRole("button", { name: "Take back" })).toBeNull();
  expect(
    transport.calls.filter(({ name }) => name === "snapshots.restore").map(({ params }) => params),
  ).toEqual([{ id: "snp_1" }, { id: "snp_9" }]);
});

it("offers no restore that would change nothing", async () => {
  show("/context/snapshots?id=snp_1", { ...answers, "snapshots.diff": { knowledge: [], sessions: [] } });
  await screen.findByText("Nothing is different.");
  await userEvent.click(screen.getByRole("button", { name: /Bring the knowledge back/ }));
  await screen.findByText(/Nothing would change/);
  expect(screen.queryByRole("button", { name: "Bring it back" })).toBeNull();
});

it("says what a restore was refused for", async () => {
  show("/context/snapshots?id=snp_1", {
    ...answers,
    "snapshots.restore": () => {
      throw new Problem("disk_full", "no room to write the database", null, 507);
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: /Bring the knowledge back/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Bring it back" }));
  await screen.findByText(/no room to write the database/);
  expect(screen.getByRole("button", { name: "Bring it back" })).toBeTruthy();
});

it("freezes the sessions of a project under a name, and says what was refused", async () => {
  let refuse = true;
  const { transport, router } = show("/context/snapshots?project=prj_1", {
    ...answers,
    "snapshots.list": { items: [], next: null },
    "snapshots.create": () => {
      if (refuse) throw new Problem("bad_input", "field `name`: at most 200 characters", null, 400);
      return snapshot(4);
    },
  });
  await screen.findByRole("heading", { name: "No snapshots yet" });
  await userEvent.click(screen.getByRole("button", { name: "Freeze now" }));
  const dialog = await screen.findByRole("dialog");
  await expectNoBarrier();
  await userEvent.type(within(dialog).getByRole("textbox", { name: "Name" }), "before checkout");
  const scope = within(dialog).getByRole<HTMLSelectElement>("combobox", { name: "Sessions" });
  expect(scope.selectedOptions[0]?.textContent).toBe("shop");
  await userEvent.click(within(dialog).getByRole("button", { name: "Freeze now" }));
  await within(dialog).findByText(/at most 200 characters/);
  refuse = false;
  await userEvent.click(within(dialog).getByRole("button", { name: "Freeze now" }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ project: "prj_1", id: "snp_4" }));
  expect(transport.calls.findLast(({ name }) => name === "snapshots.create")?.params).toEqual({
    name: "before checkout",
    project_id: "prj_1",
  });
});

it("shows the last snapshots of a project on its page and freezes another", async () => {
  const { transport } = show("/context/prj_1", {
    ...answers,
    "projects.show": {
      project: {
        id: "prj_1" as ProjectId,
        name: "shop",
        description: "",
        status: "active",
        folder: null,
        objectives: [],
        progress: null,
        pinned: [],
        created_at: AT,
        updated_at: AT,
        sessions: 0,
        accounts: [],
        last_session_at: null,
      },
      sessions: [],
      git: null,
      git_trouble: null,
      commit_rule: null,
      secret_policy: "drop",
      has_own_secret_policy: false,
    },
    "sessions.list": { items: [], next: null },
    "handoffs.list": { items: [], next: null },
    "compression.list": { items: [], next: null },
    "snapshots.create": snapshot(4),
  });
  const part = await screen.findByRole("region", { name: "Snapshots" });
  const link = await within(part).findByRole("link", { name: "state 2" });
  expect(link.getAttribute("href")).toBe("/context/snapshots?project=prj_1&id=snp_2");
  expect(transport.calls.find(({ name }) => name === "snapshots.list")?.params).toMatchObject({
    project_id: "prj_1",
  });
  await userEvent.click(within(part).getByRole("button", { name: "Freeze now" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Freeze now" }));
  await screen.findByText("Frozen: 2 sessions, 12 entries");
});
