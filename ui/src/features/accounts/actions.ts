/** What a person can do with accounts. */
import { Activity, ListOrdered, Pause, Play, Plus, Trash2 } from "lucide-react";
import type { Action } from "../../actions/action";
import type { AccountView } from "../../backend/views";

/** The place, and how it opens its dialogs. */
export interface PlaceSubject {
  canTest: boolean;
  openAdd(): void;
  openRules(): void;
}

/** The account, and how its drawer asks before it is removed. */
export interface AccountSubject {
  account: AccountView;
  askToRemove(): void;
}

export const add: Action<PlaceSubject> = {
  id: "accounts.add",
  label: "accounts.add",
  icon: Plus,
  shortcut: "n",
  enabled: () => true,
  run: ({ openAdd }) => openAdd(),
};

/** The person's own rules for who is asked and who goes on. */
export const rules: Action<PlaceSubject> = {
  id: "accounts.rules",
  label: "accounts.rules",
  icon: ListOrdered,
  enabled: () => true,
  run: ({ openRules }) => openRules(),
};

export const testAll: Action<PlaceSubject> = {
  id: "accounts.test_all",
  label: "accounts.check_all",
  icon: Activity,
  enabled: ({ canTest }) => canTest,
  run: async (_, { backend }) => {
    await backend.transport.call("accounts.test_all", {});
  },
};

export const test: Action<AccountSubject> = {
  id: "account.test",
  label: "accounts.test",
  icon: Activity,
  shortcut: "t",
  enabled: ({ account }) => account.is_called,
  run: async ({ account }, { backend }) => {
    await backend.transport.call("accounts.test", { id: account.id });
  },
};

export const pause: Action<AccountSubject> = {
  id: "account.pause",
  label: "action.pause",
  icon: Pause,
  shortcut: "p",
  enabled: ({ account }) => account.status === "active",
  run: async ({ account }, { backend }) => {
    await backend.transport.call("accounts.change", { id: account.id, status: "paused" });
  },
};

export const resume: Action<AccountSubject> = {
  id: "account.resume",
  label: "action.resume",
  icon: Play,
  shortcut: "r",
  enabled: ({ account }) => account.status === "paused",
  run: async ({ account }, { backend }) => {
    await backend.transport.call("accounts.change", { id: account.id, status: "active" });
  },
};

/** Opens the question; the answer there calls {@link removeNow}. */
export const remove: Action<AccountSubject> = {
  id: "account.remove",
  label: "accounts.remove",
  icon: Trash2,
  enabled: () => true,
  run: ({ askToRemove }) => askToRemove(),
};

export const removeNow: Action<AccountSubject & { close(): void }> = {
  id: "account.remove_now",
  label: "accounts.remove",
  icon: Trash2,
  enabled: () => true,
  run: async ({ account, close }, { backend }) => {
    await backend.transport.call("accounts.remove", { id: account.id });
    close();
  },
};
