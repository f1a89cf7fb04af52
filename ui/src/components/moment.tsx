/** Moments and stretches of time as people say them; the exact time with its zone on hover. */
import { useTranslation } from "react-i18next";
import { instant, spanText } from "../lib/span";
import { useNow } from "../lib/use-now";

const UNITS = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["week", 604_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "4 minutes ago", with the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const now = useNow(10_000);
  const when = instant(at);
  if (when === null) return null;
  return (
    <time dateTime={at} title={exact(when, i18n.language)}>
      {relative(when, now, i18n.language)}
    </time>
  );
}

/** The time of day, the date when it is another day, and the year when it is another year. */
export function ClockTime({ at, seconds = false }: { at: string; seconds?: boolean }) {
  const { i18n } = useTranslation();
  const when = instant(at);
  if (when === null) return null;
  return (
    <time dateTime={at} title={exact(when, i18n.language)}>
      <bdi>{clock(when, i18n.language, seconds)}</bdi>
    </time>
  );
}

/** How long from one moment to the other, or until now while there is no other. */
export function Span({ from, to }: { from: string | null; to: string | null }) {
  const start = instant(from);
  const end = instant(to);
  if (start === null) return <span className="faint">–</span>;
  return end === null ? <Running since={start} /> : <Stretch ms={end - start} />;
}

export function Stretch({ ms }: { ms: number }) {
  const { i18n } = useTranslation();
  return <bdi className="num">{spanText(ms, i18n.language)}</bdi>;
}

function Running({ since }: { since: number }) {
  return <Stretch ms={useNow(1_000) - since} />;
}

/** In Hebrew some engines write the number a second time: `לפני שעה (1)`. */
function plain(text: string, language: string): string {
  return language.startsWith("he") ? text.replace(/ \([12]\)/, "") : text;
}

/** `short` in a column ("4 min. ago"), `long` inside a sentence. */
export function relative(
  when: number,
  now: number,
  language: string,
  style: "short" | "long" = "short",
): string {
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto", style });
  const delta = when - now;
  for (const [unit, size] of UNITS) {
    if (Math.abs(delta) < size) continue;
    // What is past is at least so long ago; of what comes the nearer number is told.
    const count = delta > 0 ? Math.round(delta / size) : Math.trunc(delta / size);
    return plain(words.format(count, unit), language);
  }
  // Under a minute the seconds would only flicker.
  return words.format(0, "second");
}

export function clock(when: number, language: string, seconds = false): string {
  const [then, now] = [new Date(when), new Date()];
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (seconds) options.second = "2-digit";
  if (then.toDateString() !== now.toDateString()) Object.assign(options, { day: "numeric", month: "short" });
  if (then.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat(language, options).format(when);
}

export function exact(when: number, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", hourCycle: "h23" }).format(
    when,
  );
}
