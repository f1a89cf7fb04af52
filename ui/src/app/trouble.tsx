/** What is wrong with the storage of this Krake, over every screen until it is well again. */
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../backend/use-backend";
import styles from "./trouble.module.css";

export function Trouble() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().stats());
  if (data === undefined || data.trouble === null) return null;
  return (
    <p className={styles.trouble} role="alert" data-tone="bad">
      <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
      <b>{t("error.trouble")}</b>
      <bdi dir="auto">{data.trouble}</bdi>
    </p>
  );
}
