/** One entry beside the list: its text, where it comes from, and what stood there before. */
import { useQuery } from "@tanstack/react-query";
import { ArrowRight, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import { useQueries } from "../../backend/use-backend";
import type { KnowledgeId } from "../../backend/views";
import { ActionButton, Button, IconButton } from "../../components/button";
import { Category } from "../../components/category";
import { CopyButton } from "../../components/copy-button";
import { Ago } from "../../components/moment";
import { ErrorState, LoadingRows } from "../../components/place-state";
import styles from "./knowledge-screen.module.css";

interface KnowledgeEntryProps {
  id: KnowledgeId;
  correct: BoundAction;
  onSelect(id: string): void;
  /** Present where the entry lies over the list. */
  onClose: (() => void) | undefined;
}

export function KnowledgeEntry({ id, correct, onSelect, onClose }: KnowledgeEntryProps) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().knowledgeEntry(id));
  if (data === undefined) {
    return (
      <aside className={styles.entry} aria-label={t("knowledge.entry")}>
        {isError ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingRows height={40} />}
      </aside>
    );
  }
  const { entry, older } = data;
  const replaced = entry.superseded_by;
  return (
    <aside className={styles.entry} aria-label={t("knowledge.entry")}>
      <section>
        <p className={styles.meta}>
          <bdi dir="auto">
            <Category of={entry.category} />
          </bdi>
          <Ago at={entry.created_at} />
          {onClose !== undefined && <IconButton icon={X} label={t("action.close")} onClick={onClose} />}
        </p>
        <h2 dir="auto">{entry.title}</h2>
        <p className={styles.text} dir="auto">
          {entry.text}
        </p>
      </section>
      {replaced !== null && (
        <section>
          <p className="quiet">{t("knowledge.replaced")}</p>
          <Button small icon={ArrowRight} onClick={() => onSelect(replaced)}>
            {t("knowledge.newer")}
          </Button>
        </section>
      )}
      {entry.withdrawn_at !== null && (
        <section>
          <p className="quiet">{t("knowledge.withdrawn")}</p>
        </section>
      )}
      {entry.sources.length > 0 && (
        <section>
          <h3>{t("bar.sources")}</h3>
          <ul className={styles.sources}>
            {entry.sources.map((source) => (
              <li key={source}>
                <code dir="ltr">{source}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      {older.length > 0 && (
        <section>
          <h3>{t("knowledge.before")}</h3>
          <ul className={styles.older}>
            {older.map((old) => (
              <li key={old.id}>
                <p className={styles.meta}>
                  <bdi dir="auto">{old.title}</bdi>
                  <Ago at={old.created_at} />
                </p>
                <p className={styles.text} dir="auto">
                  {old.text}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
      <footer>
        {replaced === null && <ActionButton action={correct} tone="accent" keys />}
        <CopyButton text={`${entry.title}\n\n${entry.text}`} />
      </footer>
    </aside>
  );
}
