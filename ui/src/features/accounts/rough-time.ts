/** Times as short as a row has room for; the exact ones stand in the drawer. */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "5d 1h", "1h 18m", "12m": the two largest units. */
export function roughSpan(ms: number, language: string): string {
  const unit = (unit: string, count: number) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" }).format(count);
  const [days, hours, minutes] = [
    Math.floor(ms / DAY),
    Math.floor((ms % DAY) / HOUR),
    Math.ceil((ms % HOUR) / MINUTE),
  ];
  if (days > 0) return `${unit("day", days)} ${unit("hour", hours)}`;
  if (hours > 0) return `${unit("hour", hours)} ${unit("minute", Math.min(59, minutes))}`;
  return unit("minute", minutes);
}

/** The time of day, and the day of the week where it is further off than a day. */
export function roughTime(when: number, now: number, language: string): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (when - now > DAY) options.weekday = "short";
  return new Intl.DateTimeFormat(language, options).format(when);
}
