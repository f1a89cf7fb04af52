/** One line of the log: when, how grave, which step, what. */

import { Link } from "@tanstack/react-router";
import { CircleX, Info, type LucideIcon, Terminal, TriangleAlert } from "lucide-react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import type { AddressedLine } from "../../backend/queries";
import type { LogLine } from "../../backend/views";
import { Exact } from "../../components/exact";
import { instant } from "../../lib/span";
import type { LogLevel } from "./log-filters";
import styles from "./log-view.module.css";

const looks: Record<LogLevel, { icon: LucideIcon; tone: string }> = {
  output: { icon: Terminal, tone: "idle" },
  info: { icon: Info, tone: "idle" },
  warn: { icon: TriangleAlert, tone: "warn" },
  error: { icon: CircleX, tone: "bad" },
};

interface LogRowProps {
  line: AddressedLine;
  /** The address names this line. */
  named: boolean;
  top: number;
  index: number;
  ref: Ref<HTMLLIElement>;
}

export function LogRow({ line, named, top, index, ref }: LogRowProps) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = looks[line.level];
  return (
    <li
      ref={ref}
      data-index={index}
      data-level={line.level}
      data-named={named || undefined}
      className={styles.line}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Link
        to="."
        search={(now: object) => ({ ...now, view: "log" as const, line: line.address })}
        replace
        aria-label={`${t("log.line_link")}, ${timeOf(line.at)}`}
        className={styles.time}
      >
        <time dateTime={line.at} title={line.at} dir="ltr">
          {timeOf(line.at)}
        </time>
      </Link>
      <span className={styles.level} data-tone={tone}>
        <Icon size={12} aria-hidden />
        {t(`log.${line.level}`)}
      </span>
      <bdi className="cut">{line.step ?? ""}</bdi>
      <p>
        <bdi dir="auto">
          <Exact text={textOf(line)} />
        </bdi>
      </p>
    </li>
  );
}

/** The step stands in its own column. */
function textOf({ step, text }: LogLine): string {
  return step !== null && text.startsWith(`${step}: `) ? text.slice(step.length + 2) : text;
}

const TIME = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hourCycle: "h23",
});

function timeOf(at: string): string {
  const when = instant(at);
  return when === null ? at : TIME.format(when);
}
