/** The text of a plan with the numbers of its lines, and what is wrong in it with its place. */
import { CircleCheck, CircleX } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlanCheck } from "../../backend/views";
import { Exact } from "../../components/exact";
import styles from "./plan-look.module.css";

/** The plan is checked when the person pauses, not at each key. */
const PAUSE_MS = 300;

interface PlanTextProps {
  text: string;
  faults: PlanCheck["faults"];
  onText(text: string): void;
}

export function PlanText({ text, faults, onText }: PlanTextProps) {
  const { t } = useTranslation();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const [written, setWritten] = useState(text);
  const [seen, setSeen] = useState(text);
  if (seen !== text) {
    // It was changed from outside: the changes were dropped.
    setSeen(text);
    setWritten(text);
  }
  useEffect(() => {
    if (written === text) return;
    const timer = setTimeout(() => {
      setSeen(written);
      onText(written);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written, text, onText]);
  const wrong = new Set(faults.map((fault) => fault.line));
  const goTo = (line: number, column: number) => {
    const box = area.current;
    if (box === null) return;
    const before = written.split("\n").slice(0, line - 1);
    const at = before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
    box.focus();
    box.setSelectionRange(at, at);
    box.scrollTop = Math.max(0, (line - 4) * 16);
  };
  return (
    <>
      <div className={styles.editor} dir="ltr">
        <div ref={numbers} className={styles.numbers} aria-hidden>
          {written.split("\n").map((_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are known by their number.
            <span key={at} data-wrong={wrong.has(at + 1) || undefined}>
              {at + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label={t("plan.text")}
          aria-describedby={`${id}-faults`}
          aria-invalid={faults.length > 0}
          spellCheck={false}
          wrap="off"
          value={written}
          onChange={(event) => setWritten(event.currentTarget.value)}
          onScroll={(event) => {
            if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      <div id={`${id}-faults`} role="status" className={styles.faults}>
        {faults.length === 0 ? (
          <p data-tone="well">
            <CircleCheck size={12} strokeWidth={2} aria-hidden /> {t("plan.sound")}
          </p>
        ) : (
          <ul>
            {faults.map((fault) => (
              <li key={`${fault.line}:${fault.column}:${fault.code}:${fault.message}`}>
                <button type="button" onClick={() => goTo(fault.line, fault.column)}>
                  <CircleX size={12} strokeWidth={2} data-tone="bad" aria-hidden />
                  <bdi className="mono">
                    {fault.line}:{fault.column}
                  </bdi>
                  <span dir="auto">
                    <Exact text={fault.message} />
                    {fault.expected !== null && (
                      <span className="quiet"> {t("plan.expected", { what: fault.expected })}</span>
                    )}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  );
}
