/** Stretches of time in milliseconds: read from the wire, measured, written for people. */

/** RFC 3339 to milliseconds since the epoch; null for what is not a time. */
export function instant(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** `18 ms`, `0.4 s`, `12.4 s`, `5:42`, `1:02:03`: exact enough to compare, short enough for a column. */
export function spanText(ms: number, language: string): string {
  const safe = Math.max(0, ms);
  if (safe < 99.5) {
    const ms = new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(safe);
    // The word for milliseconds is as long as the column in Hebrew; the sign is known there too.
    return `${ms} ms`;
  }
  if (safe < 59_950) {
    const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    const unit = { style: "unit", unit: "second", unitDisplay: "narrow" } as const;
    if (language.startsWith("he"))
      return new Intl.NumberFormat(language, { ...unit, unitDisplay: "short", ...digits }).format(
        safe / 1000,
      );
    return `${new Intl.NumberFormat(language, digits).format(safe / 1000)} s`;
  }
  const seconds = Math.round(safe / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours > 0) parts.unshift(hours);
  return parts.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** Length of the union: time during which at least one of the stretches ran. */
export function unionLength(stretches: readonly (readonly [number, number])[]): number {
  let total = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const [from, to] of [...stretches].sort((one, other) => one[0] - other[0])) {
    if (to <= end) continue;
    total += to - Math.max(from, end);
    end = to;
  }
  return total;
}

/** Round steps of an axis from 0 to `length` with at most `most` marks. */
export function ticks(length: number, most: number): number[] {
  const steps = [
    10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.5e4, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5, 216e5,
    432e5, 864e5,
  ];
  const step =
    steps.find((candidate) => length / candidate <= most) ?? Math.ceil(length / most / 864e5) * 864e5;
  const marks: number[] = [];
  for (let at = 0; at <= length; at += step) marks.push(at);
  return marks;
}
