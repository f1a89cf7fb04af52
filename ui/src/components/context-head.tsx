/** The head of every place below Context: its name, the same tabs at the same spot, and what the place itself offers. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./context-head.module.css";
import frame from "./screen.module.css";

export type ContextPlace = "projects" | "sessions" | "handoffs" | "snapshots" | "search";

interface ContextHeadProps {
  here: ContextPlace;
  /** Buttons at the end of the head. */
  children?: ReactNode;
}

export function ContextHead({ here, children }: ContextHeadProps) {
  const { t } = useTranslation();
  const names: Record<ContextPlace, string> = {
    projects: t("context.projects"),
    sessions: t("context.sessions"),
    handoffs: t("handoff.queue"),
    snapshots: t("context.snapshots"),
    search: t("search.title"),
  };
  // The router knows most of it, but not what stands at the bare address.
  const chosen = (place: ContextPlace) => (place === here ? ({ "aria-current": "page" } as const) : {});
  return (
    <header className={`${frame.head} ${styles.head}`}>
      <h1>
        {t("context.title")}
        <span className="unseen">: {names[here]}</span>
      </h1>
      <nav className={styles.tabs} aria-label={t("context.view")}>
        <Link to="/context" search={{ list: "projects" }} {...chosen("projects")}>
          {names.projects}
        </Link>
        <Link to="/context" search={{ list: "sessions" }} {...chosen("sessions")}>
          {names.sessions}
        </Link>
        <Link to="/context/handoffs" {...chosen("handoffs")}>
          {names.handoffs}
        </Link>
        <Link to="/context/snapshots" search={{}} {...chosen("snapshots")}>
          {names.snapshots}
        </Link>
        <Link to="/context/search" search={{}} {...chosen("search")}>
          {names.search}
        </Link>
      </nav>
      {children !== undefined && <span className={styles.end}>{children}</span>}
    </header>
  );
}
