/** The order of the inbox: what runs out first, then what was asked today, then what is older. */
import type { ApprovalView } from "../../backend/views";
import { instant } from "../../lib/span";

export const groupNames = ["soon", "today", "earlier"] as const;
export type GroupName = (typeof groupNames)[number];

export interface Group {
  name: GroupName;
  items: ApprovalView[];
}

const HOUR = 3_600_000;

/** The groups that hold something, each with the nearest expiry first. */
export function groupsOf(items: readonly ApprovalView[], now: number): Group[] {
  const nearest = [...items].sort((one, other) => one.expires_at.localeCompare(other.expires_at));
  return groupNames
    .map((name) => ({ name, items: nearest.filter((item) => groupOf(item, now) === name) }))
    .filter((group) => group.items.length > 0);
}

function groupOf(item: ApprovalView, now: number): GroupName {
  if ((instant(item.expires_at) ?? Number.POSITIVE_INFINITY) - now < HOUR) return "soon";
  const asked = new Date(instant(item.asked_at) ?? now);
  return asked.toDateString() === new Date(now).toDateString() ? "today" : "earlier";
}
