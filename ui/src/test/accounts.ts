/** Accounts and budgets as the core tells them, for tests of their screens. */
import type { AccountView, Answer, BudgetView, LimitView } from "../backend/views";

const NOW = Date.now();
export const inHours = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

export const limit = (fields: Partial<LimitView> = {}): LimitView => ({
  span: "five_hours",
  unit: "percent",
  limit: "100",
  remaining: "54",
  used: 0.46,
  resets_at: inHours(2),
  seen_at: inHours(-0.05),
  source: "headers",
  per_hour: null,
  runs_out_at: null,
  before_reset: false,
  ...fields,
});

export const nothing = {
  calls: 0,
  done: 0,
  failed: 0,
  usd: "0",
  unpriced: 0,
  input: 0,
  cache_read: 0,
  cache_write: 0,
  output: 0,
};

export const account = (name: string, fields: Partial<AccountView> = {}): AccountView => ({
  id: `acc_${name}` as AccountView["id"],
  name,
  email: null,
  provider: "anthropic",
  plan: null,
  specialization: "code",
  tags: [],
  status: "active",
  base_url: null,
  model: null,
  format: null,
  price: null,
  prices: [],
  has_key: true,
  is_called: true,
  health: "healthy",
  check: null,
  limits: [],
  ran_out: null,
  today: nothing,
  created_at: inHours(-9),
  updated_at: inHours(-9),
  ...fields,
});

export const list = (items: AccountView[]): Answer<"accounts.list"> => ({ items, next: null });

export const usage = (one: AccountView): Answer<"accounts.usage"> => ({
  account: one,
  week: { ...nothing, calls: 4, done: 3, input: 1200, usd: "0.5", unpriced: 1 },
  month: nothing,
  calls: [],
  looks: [],
  prices: "a table, prices of 2026-09-23",
});

export const budget = (fields: Partial<BudgetView> = {}): BudgetView => ({
  id: "bud_1" as BudgetView["id"],
  over: { kind: "everything" },
  name: null,
  period: "day",
  unit: "usd",
  cap: "5",
  spent: "1.123456",
  reserved: "0.5",
  at_most: "0",
  left: "3.876544",
  unpriced: 0,
  starts_anew: inHours(5.5),
  refused: null,
  created_at: inHours(-9),
  ...fields,
});
