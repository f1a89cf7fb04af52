/** What a person can do with accounts. */
import {
  Activity,
  Coins,
  HeartPulse,
  ListOrdered,
  NotebookPen,
  Pause,
  Pencil,
  Play,
  Plus,
  Trash2,
  Wallet,
} from "lucide-react";
import type { Action } from "../../actions/action";
import type { AccountView } from "../../backend/views";

/** The place, and how it opens its dialogs. */
export interface PlaceSubject {
  canTest: boolean;
  openAdd(): void;
  openRules(): void;
  openBudget(): void;
}

/** The account, and what its drawer opens for it. */
export interface AccountSubject {
  account: AccountView;
  askToRemove(): void;
  openEdit(): void;
  openNote(): void;
  openPrice(): void;
}

export const add: Action<PlaceSubject> = {
  id: "accounts.add",
  label: "accounts.add",
  icon: Plus,
  shortcut: "n",
  enabled: () => true,
  run: ({ openAdd }) => openAdd(),
};

export const addBudget: Action<PlaceSubject> = {
  id: "budgets.add",
  label: "budgets.add",
  icon: Wallet,
  shortcut: "n",
  enabled: () => true,
  run: ({ openBudget }) => openBudget(),
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

export const edit: Action<AccountSubject> = {
  id: "account.edit",
  label: "action.edit",
  icon: Pencil,
  shortcut: "e",
  enabled: () => true,
  run: ({ openEdit }) => openEdit(),
};

/** What a person read about a limit. */
export const note: Action<AccountSubject> = {
  id: "account.note",
  label: "accounts.note_limit",
  icon: NotebookPen,
  shortcut: "l",
  enabled: () => true,
  run: ({ openNote }) => openNote(),
};

/** What its models cost, where no table knows. */
export const setPrice: Action<AccountSubject> = {
  id: "account.set_price",
  label: "accounts.set_price",
  icon: Coins,
  enabled: ({ account }) => account.is_called,
  run: ({ openPrice }) => openPrice(),
};

export const forgetPrice: Action<{ account: AccountView; model: string | null }> = {
  id: "account.forget_price",
  label: "accounts.forget_price",
  icon: Coins,
  enabled: () => true,
  run: async ({ account, model }, { backend }) => {
    await backend.transport.call("accounts.forget_price", { id: account.id, model });
  },
};

/** Takes the person's word for it. */
export const worksAgain: Action<AccountSubject> = {
  id: "account.works_again",
  label: "accounts.works_again",
  icon: HeartPulse,
  shortcut: "w",
  enabled: ({ account }) => account.ran_out !== null || account.health === "used_up",
  run: async ({ account }, { backend }) => {
    await backend.transport.call("accounts.works_again", { id: account.id });
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

/** A key that the vault has not given up yet is told: the account is gone all the same. */
export const removeNow: Action<{
  account: AccountView;
  close(): void;
  tellKeyLeft(because: string, next: string): void;
}> = {
  id: "account.remove_now",
  label: "accounts.remove",
  icon: Trash2,
  enabled: () => true,
  run: async ({ account, close, tellKeyLeft }, { backend }) => {
    const { because, next } = await backend.transport.call("accounts.remove", { id: account.id });
    close();
    if (because !== null) tellKeyLeft(because, next ?? "");
  },
};
