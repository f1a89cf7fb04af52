/** A card: what it is about, where all of it is, and its rows. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import styles from "./overview-screen.module.css";

interface CardProps {
  title: string;
  to: "/inbox" | "/executions" | "/accounts" | "/context";
  tone?: "wait";
  note?: ReactNode;
  children: ReactNode;
}

export function Card({ title, to, tone, note, children }: CardProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.cardHead}>
        <h2 id={id} {...(tone === undefined ? {} : { "data-tone": tone })}>
          {title}
        </h2>
        <span className="small quiet">{note}</span>
        <Link to={to} className={styles.more} aria-describedby={id}>
          {t("overview.all")}
        </Link>
      </header>
      {children}
    </section>
  );
}

/** What a card says while it has no rows, and the one thing that can be done about it. */
export function Nothing({ text, children }: { text: string; children: ReactNode }) {
  return (
    <div className={styles.nothing}>
      <p className="quiet">{text}</p>
      {children}
    </div>
  );
}
