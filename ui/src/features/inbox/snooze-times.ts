/** Until when something can be snoozed by one key: a little later, or a working morning. */
export interface SnoozeTime {
  name: "hour" | "hours" | "evening" | "tomorrow" | "week" | "reset";
  at: number;
}

const HOUR = 3_600_000;
const MORNING = 9;
const EVENING = 18;

/** In the order of their moments, by the clock of whoever looks; first when an account resets, where one is waited for. */
export function snoozeTimes(now: number, reset: number | null = null): SnoozeTime[] {
  const today = new Date(now);
  const on = (days: number, hour: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days, hour).getTime();
  const toMonday = (8 - today.getDay()) % 7 || 7;
  const times: SnoozeTime[] = [
    ...(reset !== null && reset > now ? [{ name: "reset" as const, at: reset }] : []),
    { name: "hour", at: now + HOUR },
    { name: "hours", at: now + 3 * HOUR },
    { name: "evening", at: on(0, EVENING) },
    { name: "tomorrow", at: on(1, MORNING) },
    { name: "week", at: on(toMonday, MORNING) },
  ];
  // An evening that is here is none to wait for, and tomorrow may be the Monday.
  return times.filter(
    ({ name, at }, place) =>
      (name !== "evening" || at > now + 3 * HOUR) && times.findIndex((time) => time.at === at) === place,
  );
}
