/** What just happened, said once in words: a polite line that also tells what to do next. */
import { CircleCheck, TriangleAlert, X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { details, type Problem } from "../backend/problem";
import { IconButton } from "./button";
import { CopyButton } from "./copy-button";
import styles from "./notices.module.css";

type Notice = { number: number; text: string; problem: Problem | null };

interface Notices {
  tell(text: string): void;
  tellProblem(problem: Problem): void;
}

const NoticesContext = createContext<Notices>({ tell: () => undefined, tellProblem: () => undefined });
const SHOWN_MS = 6_000;

export const useNotices = (): Notices => useContext(NoticesContext);

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const show = useCallback((text: string, problem: Problem | null) => {
    setNotice((before) => ({ number: (before?.number ?? 0) + 1, text, problem }));
  }, []);
  const notices = useMemo(
    () => ({
      tell: (text: string) => show(text, null),
      tellProblem: (problem: Problem) => show(problem.message, problem),
    }),
    [show],
  );
  return (
    <NoticesContext value={notices}>
      {children}
      <div className={styles.place} role="status" aria-live="polite">
        {notice !== null && (
          <NoticeLine key={notice.number} notice={notice} onClose={() => setNotice(null)} />
        )}
      </div>
    </NoticesContext>
  );
}

function NoticeLine({ notice, onClose }: { notice: Notice; onClose(): void }) {
  const { t } = useTranslation();
  const { problem, text } = notice;
  useEffect(() => {
    // What went wrong stays until it was read; what went well leaves by itself.
    if (problem !== null) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [problem, onClose]);
  return (
    <div className={styles.notice} data-notice={problem?.code ?? "done"}>
      {problem === null ? (
        <CircleCheck size={16} data-tone="well" aria-hidden />
      ) : (
        <TriangleAlert size={16} data-tone="bad" aria-hidden />
      )}
      <p dir="auto">
        {problem === null ? text : t("action.failed", { message: text })}
        {problem?.hint != null && <span className="quiet"> {problem.hint}</span>}
      </p>
      {problem !== null && <CopyButton small text={details(problem)} label={t("action.copy_details")} />}
      <IconButton icon={X} label={t("action.dismiss")} onClick={onClose} />
    </div>
  );
}
