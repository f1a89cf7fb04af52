/** What of an account's limits stands in a row: one short window and one long, the tightest of each, and what is left to pay with. */
import type { AccountView, LimitView } from "../../backend/views";

const SHORT: readonly LimitView["span"][] = ["minute", "five_hours", "day"];
const LONG: readonly LimitView["span"][] = ["week", "month"];

export const shortWindow = (account: AccountView): LimitView | null => tightest(account.limits, SHORT);
export const longWindow = (account: AccountView): LimitView | null => tightest(account.limits, LONG);
export const credits = (account: AccountView): LimitView | null =>
  account.limits.find((limit) => limit.span === "balance") ?? null;

/** A window of hours says more than one of a minute, whatever is used of either. */
function tightest(limits: readonly LimitView[], spans: readonly LimitView["span"][]): LimitView | null {
  const known = limits.filter((limit) => spans.includes(limit.span));
  const lasting = known.filter((limit) => limit.span !== "minute");
  return (lasting.length > 0 ? lasting : known).reduce<LimitView | null>(
    (tight, limit) => (tight === null || (limit.used ?? 0) > (tight.used ?? 0) ? limit : tight),
    null,
  );
}

/** The used part at the reset if it goes on like this, from 0 to 1. */
export function forecastPart(limit: LimitView): number | null {
  const { per_hour, resets_at, seen_at, used } = limit;
  const most = Number(limit.limit);
  if (per_hour === null || resets_at === null || used === null || !(most > 0)) return null;
  const hours = (Date.parse(resets_at) - Date.parse(seen_at)) / 3_600_000;
  return Math.min(1, used + (per_hour * Math.max(0, hours)) / most);
}

export interface Totals {
  all: number;
  canWork: number;
  early: number;
  usedUp: number;
  /** USD of today, as far as prices are known. */
  usd: number;
  unpriced: number;
  nextReset: string | null;
}

export function totals(accounts: readonly AccountView[], now: number): Totals {
  const resets = accounts
    .flatMap((account) => [
      account.ran_out?.resets_at,
      ...account.limits.filter((limit) => limit.span !== "minute").map((limit) => limit.resets_at),
    ])
    .filter((at) => at != null && Date.parse(at) > now)
    .sort();
  const count = (...states: AccountView["health"][]) =>
    accounts.filter((account) => states.includes(account.health)).length;
  return {
    all: accounts.length,
    canWork: count("unknown", "healthy", "runs_out_early"),
    early: count("runs_out_early"),
    usedUp: count("used_up", "ran_out", "out_of_credit"),
    usd: accounts.reduce((sum, account) => sum + Number(account.today.usd), 0),
    unpriced: accounts.reduce((sum, account) => sum + account.today.unpriced, 0),
    nextReset: resets[0] ?? null,
  };
}

export function holds(account: AccountView, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [
    account.name,
    account.email,
    account.provider,
    account.plan,
    account.specialization,
    ...account.tags,
  ]
    .filter((part) => part !== null)
    .join(" ")
    .toLowerCase();
  return words.every((word) => all.includes(word));
}
