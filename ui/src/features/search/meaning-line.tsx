/** One quiet line: under the results that meaning could find too; above them how far it is, or why words found alone. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { MeaningView, SearchView } from "../../backend/views";
import { Exact } from "../../components/exact";
import styles from "./search-screen.module.css";

/** Whether a query may also be asked of a model. */
export function useMeaning(): MeaningView | undefined {
  return useQuery(useQueries().meaning()).data;
}

interface MeaningLineProps {
  at: "top" | "end";
  /** What meaning did for the query that is shown. */
  searched: SearchView["meaning"] | undefined;
}

export function MeaningLine({ at, searched }: MeaningLineProps) {
  const { t } = useTranslation();
  const meaning = useMeaning();
  if (meaning === undefined || (meaning.state === "off") !== (at === "end")) return null;
  const { state, there, messages, passed_over } = meaning;
  const why = meaning.why ?? searched?.why ?? null;
  const parts: string[] = [];
  if (state === "off") parts.push(t("meaning.words_alone"));
  else {
    if (there + passed_over < messages) parts.push(t("meaning.part", { there, messages }));
    if (meaning.why !== null) parts.push(t("meaning.hindered", { why: meaning.why }));
    else if (searched?.used === false && why !== null) parts.push(t("meaning.fell_back", { why }));
  }
  if (parts.length === 0) return null;
  return (
    <p className={styles.meaning} role="note">
      <bdi dir="auto">
        <Exact text={parts.join(" ")} />
      </bdi>{" "}
      <Link to="/settings">{state === "off" ? t("meaning.could") : t("meaning.settings")}</Link>
    </p>
  );
}
