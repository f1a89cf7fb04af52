/** The rows of the command bar. Each says what it is, where it leads and by which keys. */
import type { LucideIcon } from "lucide-react";
import type { Shortcut } from "../../actions/action";
import type { Tone } from "../../components/status";

export type GroupName =
  | "ask"
  | "places"
  | "waiting"
  | "projects"
  | "playbooks"
  | "executions"
  | "knowledge"
  | "messages"
  | "here"
  | "anywhere";

export interface BarRow {
  id: string;
  group: GroupName;
  icon: LucideIcon;
  tone?: Tone;
  title: string;
  /** A quiet word behind the title. */
  detail?: string | undefined;
  shortcut?: Shortcut | undefined;
  /** Leads on inside the bar, so the bar stays open. */
  stays?: boolean;
  run(): void;
}

/** The rows by group, in the order in which their first rows come. */
export function inGroups(rows: readonly BarRow[]): { name: GroupName; rows: BarRow[] }[] {
  return [...new Set(rows.map((row) => row.group))].map((name) => ({
    name,
    rows: rows.filter((row) => row.group === name),
  }));
}
