/** Step by step what the plan will read and write, and where it will stop for a person. */
import { useTranslation } from "react-i18next";
import type { StepPreview, StepView } from "../../backend/views";
import { Exact } from "../../components/exact";
import details from "../executions/detail-tabs.module.css";
import { AsksWord, EffectWord } from "./effect";
import styles from "./plan-look.module.css";

/** The graph and the table of steps hold every one; this list is for reading. */
const MOST = 200;

interface PlanStepsProps {
  steps: readonly StepView[];
  previews: ReadonlyMap<string, StepPreview> | undefined;
  selected: string | undefined;
  onSelect(step: string | undefined): void;
}

export function PlanSteps({ steps, previews, selected, onSelect }: PlanStepsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.steps}>
      <table className={details.table}>
        <thead>
          <tr>
            <th>{t("step.step")}</th>
            <th className={details.rare}>{t("step.tool")}</th>
            <th>{t("plan.effect")}</th>
            <th>{t("plan.target")}</th>
            <th className={details.end}>{t("plan.person")}</th>
          </tr>
        </thead>
        <tbody>
          {steps.slice(0, MOST).map((step) => {
            const preview = previews?.get(step.id);
            return (
              <tr key={step.id} data-selected={step.id === selected || undefined}>
                <td className={details.short}>
                  <button
                    type="button"
                    className={details.name}
                    data-plan-step={step.id}
                    onClick={() => onSelect(step.id === selected ? undefined : step.id)}
                  >
                    <bdi>{step.name === "" ? step.id : step.name}</bdi>
                  </button>
                </td>
                <td className={details.rare}>
                  <code className="faint">{step.tool}</code>
                </td>
                <td>{preview !== undefined && <EffectWord effect={preview.effect} />}</td>
                <td className={details.wide}>
                  <bdi className={`${styles.target} mono`} dir="auto" title={preview?.target}>
                    <Exact text={preview?.target ?? ""} />
                  </bdi>
                  {preview?.alternatives.map((other, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: alternatives are known by their number.
                    <span key={at} className={styles.other} data-alternative>
                      {t("plan.or_else")} <code>{other.tool}</code> <EffectWord effect={other.effect} />{" "}
                      <bdi className="mono" dir="auto">
                        <Exact text={other.target} />
                      </bdi>{" "}
                      <AsksWord asks={other.asks} />
                    </span>
                  ))}
                </td>
                <td className={details.end} title={preview?.because ?? undefined}>
                  {preview !== undefined && <AsksWord asks={preview.asks} />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {steps.length > MOST && (
        <p className={details.note}>{t("detail.more", { count: steps.length - MOST })}</p>
      )}
    </div>
  );
}
