import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Problem } from "../../backend/problem";
import type { RescanView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";

type Found = NonNullable<RescanView["found"]>;

const found = (fields: Partial<Found> = {}): Found => ({
  messages: 1_200,
  messages_in_all: null,
  changed_messages: 3,
  sessions: 2,
  records: 1,
  parts: 9,
  changed_parts: 2,
  secrets: { known: 3, openai_key: 1 },
  kept_secrets: 0,
  lost_secrets: 0,
  lost_because: null,
  missing_keys: 0,
  left: {
    events: 0,
    executions: [],
    results: 0,
    logs: [],
    more_logs: 0,
    playbooks: [],
    unreadable: 0,
    log: false,
  },
  ...fields,
});

const standing = (fields: Partial<RescanView> = {}): RescanView => ({
  state: "never",
  stage: null,
  begun_at: null,
  ended_at: null,
  trouble: null,
  rules_are_newer: false,
  keys_since: 0,
  found: null,
  older_backups: [],
  older_copies: [],
  ...fields,
});

const base = {
  "projects.list": { items: [], next: null },
  "capsules.imports": { items: [] },
  "backups.list": {
    items: [],
    hours: 24,
    keep: 7,
    folder: "/x",
    is_making: false,
    trouble: null,
    restoring: null,
    restore_failed: null,
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

it("says that a key came later, begins when a person says so, and shows how far it is", async () => {
  let now = standing({ keys_since: 1 });
  const { transport } = show("/settings/data", {
    ...base,
    "secrets.rescanned": () => now,
    "secrets.rescan": () => {
      now = standing({
        state: "working",
        stage: "messages",
        begun_at: AT,
        found: found({ messages: 400, messages_in_all: 1_200 }),
      });
      return now;
    },
  });
  await screen.findByText(/1 key of an account came after it/);
  expect(transport.calls.some(({ name }) => name === "secrets.rescan")).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Look once more" }));
  await screen.findByText("400 of 1,200 messages");
  expect(screen.queryByRole("button", { name: "Look once more" })).toBeNull();
  await expectNoBarrier();
});

it("tells what was replaced, what was left and what is older", async () => {
  show("/settings/data", {
    ...base,
    "secrets.rescanned": standing({
      state: "done",
      stage: "ended",
      begun_at: AT,
      ended_at: AT,
      found: found({
        lost_secrets: 1,
        lost_because: "the keychain is locked",
        left: { ...found().left, events: 2, logs: ["logs/a"], more_logs: 3, playbooks: ["playbooks/b.yaml"] },
      }),
      older_backups: ["20260102T030405Z"],
    }),
  });
  await screen.findByText("4 secrets were replaced");
  for (const text of [
    "openai_key",
    "the keychain is locked",
    "2 events of the journal hold some. The journal is never changed.",
    "logs/a",
    "+3",
    "playbooks/b.yaml",
    "20260102T030405Z",
  ]) {
    screen.getByText(text);
  }
  await expectNoBarrier();
});

it("says why it stands still, and that it was not begun", async () => {
  show("/settings/data", {
    ...base,
    "secrets.rescanned": standing({
      state: "stopped",
      stage: "file",
      begun_at: AT,
      trouble: "no space left on the disk",
      found: found(),
    }),
    "secrets.rescan": () => {
      throw new Problem("no_access", "only a person may do this");
    },
  });
  await screen.findByText("no space left on the disk");
  await userEvent.click(screen.getByRole("button", { name: "Go on" }));
  await waitFor(() => screen.getByText(/only a person may do this/));
});

it("says nothing alarming where everything was looked through when it came", async () => {
  show("/settings/data", { ...base, "secrets.rescanned": standing() });
  await screen.findByText("It was looked through when it came.");
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.queryByText("No secret was found.")).toBeNull();
});
