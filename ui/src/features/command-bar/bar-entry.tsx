/** A knowledge entry, whole, inside the bar. */
import { ArrowLeft } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { KnowledgeView } from "../../backend/views";
import { IconButton } from "../../components/button";
import { Category } from "../../components/category";
import { CopyButton } from "../../components/copy-button";
import { Exact } from "../../components/exact";
import { Ago } from "../../components/moment";
import styles from "./command-bar.module.css";

export function BarEntry({ entry, onBack }: { entry: KnowledgeView; onBack(): void }) {
  const { t } = useTranslation();
  const text = useRef<HTMLDivElement>(null);
  useEffect(() => text.current?.focus(), []);
  return (
    <article className={styles.stage}>
      <header className={styles.stageHead}>
        <IconButton icon={ArrowLeft} label={t("action.back")} onClick={onBack} className="mirror" />
        <h2 className="cut" dir="auto">
          <Exact text={entry.title} />
        </h2>
        <span className="quiet small">
          <bdi dir="auto">
            <Category of={entry.category} />
          </bdi>{" "}
          · <Ago at={entry.created_at} />
        </span>
        <CopyButton text={entry.text} quiet />
      </header>
      <div ref={text} tabIndex={-1} className={styles.text} dir="auto">
        <Exact text={entry.text} />
      </div>
      {entry.sources.length > 0 && (
        <footer className={styles.sources}>
          <span className="faint">{t("bar.sources")}</span>
          {entry.sources.map((source) => (
            <code key={source}>{source}</code>
          ))}
        </footer>
      )}
    </article>
  );
}
