/** Days as the person has them: in the time zone of this machine, by the calendar. */
import type { Days } from "../backend/views";

/** The last so many days, today counted. */
export function lastDays(count: number, now: number): Days {
  const today = new Date(now);
  const first = new Date(today.getFullYear(), today.getMonth(), today.getDate() - count + 1);
  return { from: dayText(first), to: dayText(today), zone: zoneName() };
}

/** `2026-11-25` as a moment for writing it: noon, which is in that day everywhere the day is written. */
export function dayMoment(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}

/** A day in the language of the page; the days come without a zone. */
export function dayName(day: string, language: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(dayMoment(day));
}

function dayText(date: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
}
