/** Every limit of an account: what is left, who said so, and how long ago. */
import { useTranslation } from "react-i18next";
import type { LimitView } from "../../backend/views";
import { Ago, ClockTime } from "../../components/moment";
import styles from "./account-drawer.module.css";
import { useLeft } from "./limit-words";

interface LimitLinesProps {
  limits: readonly LimitView[];
  /** Krake calls it, so its answers tell; else the logs of its tool do. */
  isCalled: boolean;
}

export function LimitLines({ limits, isCalled }: LimitLinesProps) {
  const { t } = useTranslation();
  const left = useLeft();
  if (limits.length === 0) {
    return (
      <p className="small quiet">{t(isCalled ? "accounts.none_seen_long" : "accounts.none_seen_in_app")}</p>
    );
  }
  return (
    <ul className={styles.limits}>
      {limits.map((limit) => (
        <li key={`${limit.span} ${limit.unit}`}>
          <p>
            <span className="quiet">{t(`accounts.span_${limit.span}`)}</span>{" "}
            <bdi className="num">{left(limit)}</bdi>
          </p>
          <p className="small faint">
            {t(`accounts.source_${limit.source}`)}, <Ago at={limit.seen_at} />
            {limit.resets_at !== null && (
              <>
                {" · "}
                {t("accounts.filled_at")} <ClockTime at={limit.resets_at} />
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
