/** A model in the making of a plan: which one was asked, at what cost, and what it did not get. */
import { Sparkles, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlanProposal } from "../../backend/views";
import { Exact } from "../../components/exact";
import styles from "./model-words.module.css";

/** Stands wherever such a plan does: nobody has vouched for it. */
export function ModelMark() {
  const { t } = useTranslation();
  return (
    <span className={styles.mark} data-planned-by="model">
      <Sparkles size={12} strokeWidth={2} aria-hidden />
      {t("model.mark")}
    </span>
  );
}

interface ModelWordsProps {
  model: NonNullable<PlanProposal["model"]>;
  notes: PlanProposal["notes"];
}

export function ModelWords({ model, notes }: ModelWordsProps) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language);
  const count = (tokens: number | null) => (tokens === null ? "–" : number.format(tokens));
  const { input, output } = model.usage;
  return (
    <section className={styles.words} data-model={model.model}>
      <p>
        <span className="quiet">{t("model.wrote")}</span>{" "}
        <bdi className={styles.name}>
          <Exact text={model.model} />
        </bdi>{" "}
        <bdi className="faint mono" dir="ltr">
          {model.place}
        </bdi>
      </p>
      <p className="quiet small num">
        {t("model.tokens", { input: count(input), output: count(output) })}
        {model.questions > 1 && ` · ${t("model.twice")}`}
      </p>
      {notes.length > 0 && (
        <>
          <p className="small">{t("model.notes")}</p>
          <ul className={styles.notes}>
            {notes.map((note) => (
              <li key={note} dir="auto">
                <Exact text={note} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Why a model that was asked, or is wrongly set, gave no plan. */
export function ModelFault({ fault }: { fault: string }) {
  const { t } = useTranslation();
  return (
    <p className={styles.fault} role="status" data-model-fault>
      <TriangleAlert size={16} strokeWidth={1.75} data-tone="warn" aria-hidden />
      <span dir="auto">
        <b>{t("model.fault")}</b> <Exact text={fault} />
      </span>
    </p>
  );
}
