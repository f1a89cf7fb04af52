/** A message that was found: whose it is, where it stands, and the piece that fits. */
import { Link } from "@tanstack/react-router";
import { Bot, type LucideIcon, Settings2, User, Wrench } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HitView } from "../../backend/views";
import { Exact } from "../../components/exact";
import { Ago } from "../../components/moment";
import { Marked } from "./marked";
import { messageAddress } from "./search";
import styles from "./search-screen.module.css";

const icons: Record<HitView["role"], LucideIcon> = {
  user: User,
  assistant: Bot,
  tool: Wrench,
  system: Settings2,
};

export function SearchHit({ hit }: { hit: HitView }) {
  const { t } = useTranslation();
  const Icon = icons[hit.role];
  const whose = hit.project ?? hit.folder;
  return (
    <li>
      <Link
        to={messageAddress(hit.session)}
        search={{ at: hit.position } as never}
        className={styles.hit}
        data-hit={hit.id}
      >
        <span className={styles.line}>
          <Icon size={16} strokeWidth={1.75} aria-hidden />
          <b>{t(`search.role_${hit.role}`)}</b>
          {/* The piece of a call begins with its tool. */}
          {hit.tool !== null && hit.kind !== "tool_call" && (
            <code dir="ltr">
              <Exact text={hit.tool} />
            </code>
          )}
          {hit.title !== null && (
            <bdi className="cut" dir="auto">
              <Exact text={hit.title} />
            </bdi>
          )}
          {whose !== null && (
            <bdi className={styles.whose} dir="auto">
              <Exact text={whose} />
            </bdi>
          )}
          {hit.by_meaning && <span className={styles.near}>{t("meaning.found")}</span>}
          {hit.beside && <span className={styles.near}>{t("search.near")}</span>}
          {hit.at !== null && (
            <span className={styles.when}>
              <Ago at={hit.at} />
            </span>
          )}
        </span>
        <span className={styles.snippet} dir="auto">
          <Marked text={hit.snippet} marks={hit.marks} />
        </span>
      </Link>
    </li>
  );
}
