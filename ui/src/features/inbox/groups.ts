/** The order of the inbox: what came up today, what waits for an answer, what waits for others, what is older, what sleeps. */
import type { ThreadView } from "../../backend/views";
import { instant } from "../../lib/span";

export const groupNames = ["today", "waiting", "others", "earlier", "snoozed"] as const;
export type GroupName = (typeof groupNames)[number];

export interface Group {
  name: GroupName;
  items: ThreadView[];
}

/** The groups that hold something. */
export function groupsOf(items: readonly ThreadView[], now: number): Group[] {
  return groupNames
    .map((name) => ({
      name,
      items: items.filter((item) => groupOf(item, now) === name).sort(orders[name]),
    }))
    .filter((group) => group.items.length > 0);
}

/** Whether it waits for the person at this moment; the numbers of the frame count the same. */
export function waits(item: ThreadView, now: number): boolean {
  return item.waits && !sleeps(item, now);
}

/** Whether it sleeps at this moment. */
export function sleeps({ snoozed_until }: ThreadView, now: number): boolean {
  return (instant(snoozed_until) ?? now) > now;
}

function groupOf(item: ThreadView, now: number): GroupName {
  if (sleeps(item, now)) return "snoozed";
  if (item.waits) return "waiting";
  if (item.kind === "handoff") return "others";
  const since = new Date(instant(item.since) ?? now);
  return since.toDateString() === new Date(now).toDateString() ? "today" : "earlier";
}

type Order = (one: ThreadView, other: ThreadView) => number;

const newestFirst: Order = (one, other) => other.since.localeCompare(one.since);

const orders: Record<GroupName, Order> = {
  today: newestFirst,
  earlier: newestFirst,
  others: newestFirst,
  // What runs out first; what does not run out comes last.
  waiting: (one, other) => expiry(one).localeCompare(expiry(other)) || newestFirst(one, other),
  snoozed: (one, other) => (one.snoozed_until ?? "").localeCompare(other.snoozed_until ?? ""),
};

const expiry = ({ approval }: ThreadView): string => approval?.expires_at ?? "9";
