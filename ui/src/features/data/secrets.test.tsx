import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { Problem } from "../../backend/problem";
import type { KeptSecretView, SecretPolicyView } from "../../backend/views";
import { AT } from "../../test/samples";
import { expectNoBarrier, show } from "../../test/show";
import { SHOWN_S } from "./reveal-dialog";

const WORDS = "sk-canary-words";

const secret = (id: string, fields: Partial<KeptSecretView> = {}): KeptSecretView => ({
  id: id as KeptSecretView["id"],
  kind: "openai_key",
  token: "[secret:openai_key:1a2b]",
  session_id: "ses_1" as NonNullable<KeptSecretView["session_id"]>,
  session_title: "Fix the <cart>",
  found_at: AT,
  ...fields,
});

const policy = (fields: Partial<SecretPolicyView> = {}): SecretPolicyView => ({
  policy: "encrypt",
  projects: [],
  kept: 2,
  place: "keychain",
  because: null,
  forgotten: 0,
  key_left: false,
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
  "secrets.policy": policy(),
  "secrets.list": {
    items: [secret("sec_2"), secret("sec_1", { session_id: null, session_title: null })],
    next: null,
  },
  "secrets.reveal": { secret: secret("sec_2"), words: WORDS },
};

afterEach(() => {
  vi.useRealTimers();
});

it("shows the words only when asked a second time, and takes them away again", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const user = userEvent.setup({ advanceTimers: vi.advanceTimersByTime });
  const { transport } = show("/settings/data", base);
  const [first] = await screen.findAllByRole("listitem");
  expect(first?.textContent).toContain("Another secret has the same token");
  expect(first?.textContent).toContain("Fix the <cart>");
  await user.click(within(first as HTMLElement).getByRole("button", { name: "Show" }));
  const dialog = await screen.findByRole("dialog", { name: "Show this secret?" });
  expect(transport.calls.some((call) => call.name === "secrets.reveal")).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Show" }));
  await screen.findByText(WORDS);
  await expectNoBarrier();
  await act(() => vi.advanceTimersByTimeAsync(SHOWN_S * 1_000 + 10));
  expect(document.documentElement.outerHTML).not.toContain(WORDS);
  await user.click(within(dialog).getByRole("button", { name: "Show" }));
  await screen.findByText(WORDS);
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(document.documentElement.outerHTML).not.toContain(WORDS);
  const revealed = transport.calls.filter((call) => call.name === "secrets.reveal");
  expect(revealed.map((call) => call.params)).toEqual([{ id: "sec_2" }, { id: "sec_2" }]);
});

it("keeps the words nowhere that another screen could read", async () => {
  const { backend } = show("/settings/data", base);
  const [first] = await screen.findAllByRole("listitem");
  await userEvent.click(within(first as HTMLElement).getByRole("button", { name: "Show" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Show" }));
  await screen.findByText(WORDS);
  const cached = backend.queries.getQueryCache().getAll();
  expect(JSON.stringify(cached.map((query) => query.state.data))).not.toContain(WORDS);
});

it("asks about what is kept when somebody wants nothing kept any more", async () => {
  let now = policy();
  const { transport } = show("/settings/data", {
    ...base,
    "secrets.policy": () => now,
    "secrets.set_policy": () => {
      now = policy({ policy: "drop", kept: 0, forgotten: 2 });
      return now;
    },
  });
  await userEvent.click(await screen.findByLabelText("Drop them"));
  await screen.findByRole("dialog", { name: "Forget 2 kept secrets?" });
  expect(transport.calls.some((call) => call.name === "secrets.set_policy")).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Forget" }));
  await screen.findByText("Only the file that they came from still holds them.");
  const set = transport.calls.find((call) => call.name === "secrets.set_policy");
  expect(set?.params).toEqual({ policy: "drop", forget: true });
});

it("offers an encrypted file where no keychain runs, and says why nothing can be kept", async () => {
  show("/settings/data", {
    ...base,
    "secrets.policy": policy({ policy: "drop", kept: 0 }),
    "secrets.set_policy": () => {
      throw new Problem("vault_missing", "no keychain runs here");
    },
  });
  await userEvent.click(await screen.findByLabelText("Keep them encrypted"));
  await screen.findByText("No keychain runs here");
  screen.getByLabelText("A new passphrase, at least 8 letters");
});

it("says why secrets are dropped although they should be kept", async () => {
  show("/settings/data", {
    ...base,
    "secrets.policy": policy({ kept: 0, because: "the keychain is locked" }),
  });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("the keychain is locked");
});

it("names the projects that go by their own word, with the way to them", async () => {
  const own = [{ project_id: "prj_1" as never, project: "shop", policy: "drop" as const }];
  show("/settings/data", { ...base, "secrets.policy": policy({ projects: own }) });
  const list = await screen.findByRole("list", { name: "Projects with their own choice" });
  expect(list.textContent).toContain("Dropped here");
  expect(within(list).getByRole("link", { name: "shop" }).getAttribute("href")).toBe("/context/prj_1");
  await expectNoBarrier();
});
