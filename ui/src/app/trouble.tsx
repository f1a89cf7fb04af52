/** What is wrong with this Krake, over every screen until it is well again. */
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLiveState, useQueries } from "../backend/use-backend";
import { OfflineBand } from "./offline-band";
import styles from "./trouble.module.css";

export function Trouble() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().stats());
  const state = useLiveState();
  if (state.phase === "offline") return <OfflineBand since={state.since} />;
  if (data === undefined || data.trouble === null) return null;
  return (
    <p className={styles.trouble} role="alert" data-tone="bad">
      <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
      <b>{t("error.trouble")}</b>
      <bdi dir="auto">{data.trouble}</bdi>
    </p>
  );
}
