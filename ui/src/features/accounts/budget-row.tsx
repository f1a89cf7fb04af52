/** One budget: what it counts, how far it is spent, when it starts anew, and the last call that it refused. */
import { Pencil, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { BudgetView } from "../../backend/views";
import { IconButton } from "../../components/button";
import { ClockTime } from "../../components/moment";
import { partOf } from "../../lib/money";
import { instant } from "../../lib/span";
import { useNow } from "../../lib/use-now";
import { useAmount, useCounts, useShare } from "./budget-words";
import styles from "./budgets.module.css";
import { Refused } from "./refused";
import { roughSpan } from "./rough-time";

interface BudgetRowProps {
  budget: BudgetView;
  onChange(): void;
  onRemove(): void;
}

export function BudgetRow({ budget, onChange, onRemove }: BudgetRowProps) {
  const { t } = useTranslation();
  const counts = useCounts()(budget);
  const amount = useAmount();
  const share = useShare();
  const { cap, unit, spent, reserved, at_most, left, unpriced } = budget;
  const isGone = budget.name === null && (budget.over.kind === "account" || budget.over.kind === "project");
  return (
    <li className={styles.budget} data-budget={budget.id}>
      <div className={styles.names}>
        <h2>
          <bdi dir="auto">{counts}</bdi>
        </h2>
        <p className="small quiet">{t(`budgets.period_${budget.period}`)}</p>
      </div>
      <div className={styles.state}>
        {spent === null || left === null ? (
          <p>
            {t("budgets.up_to")} <bdi className="num">{amount(cap, unit)}</bdi>
          </p>
        ) : (
          <>
            <Bar budget={budget} spent={spent} />
            <p className={styles.sums}>
              <span>
                <bdi className="num">{t("budgets.of", { share: share(spent, cap, unit) })}</bdi>
              </span>
              <span data-tone={isZero(left) ? "bad" : undefined}>
                {isZero(left) ? (
                  t("budgets.nothing_left")
                ) : (
                  <bdi className="num">{t("budgets.left", { left: amount(left, unit) })}</bdi>
                )}
              </span>
            </p>
          </>
        )}
        {reserved !== null && !isZero(reserved) && (
          <p className="small quiet">{t("budgets.reserved", { amount: amount(reserved, unit) })}</p>
        )}
        {at_most !== null && !isZero(at_most) && (
          <p className="small quiet">{t("budgets.at_most", { amount: amount(at_most, unit) })}</p>
        )}
        {unpriced > 0 && (
          <p className="small" data-tone="warn">
            {t("budgets.unpriced", { count: unpriced })}
          </p>
        )}
        {isGone && (
          <p className="small" data-tone="warn">
            {t("budgets.gone")}
          </p>
        )}
        <Anew at={budget.starts_anew} />
        {budget.refused !== null && <Refused call={budget.refused} isShort />}
      </div>
      <div className={styles.hands}>
        <IconButton
          icon={Pencil}
          label={t("budgets.change", { what: counts })}
          data-action="budget.change"
          onClick={onChange}
        />
        <IconButton
          icon={Trash2}
          label={t("budgets.remove", { what: counts })}
          data-action="budget.remove"
          onClick={onRemove}
        />
      </div>
    </li>
  );
}

/** What is spent for sure, and behind it what calls that are being made have reserved. */
function Bar({ budget, spent }: { budget: BudgetView; spent: string }) {
  const { t } = useTranslation();
  const counts = useCounts()(budget);
  const part = partOf(spent, budget.cap);
  const held = partOf(budget.reserved ?? "0", budget.cap);
  const tone = part >= 1 ? "bad" : part >= 0.8 ? "warn" : "idle";
  return (
    <div
      className={styles.bar}
      role="meter"
      aria-label={t("budgets.meter", { what: counts })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(part * 100)}
      data-tone={tone}
    >
      <span className={styles.spent} style={{ inlineSize: `${Math.max(0, part - held) * 100}%` }} />
      <span className={styles.held} style={{ inlineSize: `${Math.min(held, part) * 100}%` }} />
    </div>
  );
}

function Anew({ at }: { at: string | null }) {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const when = instant(at);
  if (at === null || when === null) return <p className="small faint">{t("budgets.never_anew")}</p>;
  return (
    <p className="small faint">
      {t("budgets.anew", { span: roughSpan(Math.max(0, when - now), i18n.language) })}, <ClockTime at={at} />
    </p>
  );
}

const isZero = (amount: string) => /^0(\.0*)?$/.test(amount);
