import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { BackupsView, CapsulePreviewView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

const backups = (fields: Partial<BackupsView> = {}): BackupsView => ({
  items: [{ name: "20261126T021500000Z", made_at: AT, why: "schedule", bytes: 2_400_000, is_damaged: false }],
  hours: 24,
  keep: 7,
  folder: "/home/mai/.local/share/krake/backups",
  is_making: false,
  trouble: null,
  restoring: null,
  restore_failed: null,
  ...fields,
});

const preview = (fields: Partial<CapsulePreviewView> = {}): CapsulePreviewView => ({
  import_id: null,
  capsule: {
    project: "Cart",
    made_by: "krake 0.1.0",
    made_at: "2026-11-26T02:15:00.000Z",
    content_hash: "ab".repeat(32),
    counts: {},
    replaced: {},
    left_out: [],
  },
  nouns: [{ noun: "sessions", new: 3, equal: 1, grown: 2, kept_both: 1 }],
  differing: [
    {
      noun: "sessions",
      id: "ses_1",
      title: "<b>Pay</b>",
      kept_as: "ses_2",
      why: "something else is here under its id",
    },
  ],
  more_differing: 0,
  ...fields,
});

const base = {
  "projects.list": { items: [], next: null },
  "capsules.imports": { items: [] },
  "backups.list": () => backups(),
  "secrets.rescanned": {
    state: "never" as const,
    stage: null,
    begun_at: null,
    ended_at: null,
    trouble: null,
    rules_are_newer: false,
    keys_since: 0,
    found: null,
    older_backups: [],
    older_copies: [],
  },
  "secrets.policy": {
    policy: "drop" as const,
    projects: [],
    kept: 0,
    place: "keychain" as const,
    because: null,
    forgotten: 0,
    key_left: false,
  },
};

it("shows what a capsule would bring, and takes it in only when told to", async () => {
  const { transport } = show("/settings/data", {
    ...base,
    "imports.upload": { received: 3, imported: null },
    "capsules.preview": preview(),
    "capsules.import": preview({ import_id: "imp_1" as NonNullable<CapsulePreviewView["import_id"]> }),
  });
  const chooser = await screen.findByLabelText("Choose a capsule", { selector: "input" });
  await userEvent.upload(chooser, new File(["abc"], "cart.krake"));
  await screen.findByRole("heading", { name: "What is in cart.krake" });
  const row = screen.getByRole("row", { name: /Sessions/ });
  expect(
    within(row)
      .getAllByRole("cell")
      .map((cell) => cell.textContent),
  ).toEqual(["3", "1", "2", "1"]);
  expect(screen.getByText("<b>Pay</b>")).toBeTruthy();
  await expectNoBarrier();
  expect(transport.calls.some((call) => call.name === "capsules.import")).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Take it in" }));
  await screen.findByRole("heading", { name: "cart.krake came in" });
  const upload = transport.calls.find((call) => call.name === "imports.upload")?.params as { upload: string };
  expect(transport.calls.find((call) => call.name === "capsules.import")?.params).toEqual({
    upload: upload.upload,
  });
});

it("takes an import back and names what stays", async () => {
  let undone: string | null = null;
  show("/settings/data", {
    ...base,
    "capsules.imports": () => ({
      items: [
        {
          id: "imp_1" as never,
          file: "cart.krake",
          content_hash: "ab",
          made_at: null,
          imported_at: AT,
          undone_at: undone,
          brought: 4,
        },
      ],
    }),
    "capsules.undo": () => {
      undone = AT;
      return {
        id: "imp_1" as never,
        removed: { sessions: 3 },
        shortened: { sessions: 1 },
        kept: [{ noun: "projects", id: "prj_1", title: "Cart", why: "it was changed since" }],
      };
    },
  });
  await userEvent.click(await screen.findByRole("button", { name: "Take back" }));
  await screen.findByText("3 things were removed.");
  expect(screen.getByText("1 thing is as it was before.")).toBeTruthy();
  expect(screen.getByText("it was changed since")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Take back" })).toBeNull();
});

it("says why a backup was not made, and asks before one is put back", async () => {
  let now = backups({ trouble: "no space left on the disk" });
  const { transport } = show("/settings/data", {
    ...base,
    "backups.list": () => now,
    "backups.restore": () => {
      now = backups({ restoring: "20261126T021500000Z" });
      return now;
    },
    "backups.schedule": () => now,
  });
  expect((await screen.findByRole("alert")).textContent).toContain("no space left on the disk");
  await expectNoBarrier();
  await userEvent.selectOptions(screen.getByLabelText("Every"), "168");
  expect(transport.calls.find((call) => call.name === "backups.schedule")?.params).toEqual({
    hours: 168,
    keep: 7,
  });
  await userEvent.click(screen.getByRole("button", { name: "Put back" }));
  const dialog = await screen.findByRole("dialog", { name: "Put this backup back?" });
  expect(transport.calls.some((call) => call.name === "backups.restore")).toBe(false);
  await userEvent.click(within(dialog).getByRole("button", { name: "Put back" }));
  await screen.findByText(/is put back when Krake starts next/);
});
