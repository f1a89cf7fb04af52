/** Entries, one row each: what it is about and how it begins. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { KnowledgeView } from "../../backend/views";
import { Category } from "../../components/category";
import { Ago } from "../../components/moment";
import styles from "./knowledge-screen.module.css";

interface KnowledgeListProps {
  items: readonly KnowledgeView[];
  chosen: string | undefined;
  onChoose(id: string): void;
}

export function KnowledgeList({ items, chosen, onChoose }: KnowledgeListProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (chosen === undefined) return;
    list.current?.querySelector("[data-chosen]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ul ref={list} className={styles.list} aria-label={t("frame.knowledge")}>
      {items.map((entry) => (
        <li key={entry.id} className={styles.row} data-chosen={entry.id === chosen || undefined}>
          <button
            type="button"
            aria-current={entry.id === chosen || undefined}
            data-knowledge={entry.id}
            onClick={() => onChoose(entry.id)}
          >
            <bdi dir="auto" className={styles.title}>
              {entry.title}
            </bdi>
            <bdi dir="auto" className={styles.line}>
              {entry.text}
            </bdi>
          </button>
          <span className={styles.side}>
            <bdi dir="auto">
              <Category of={entry.category} />
            </bdi>
            <Ago at={entry.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
