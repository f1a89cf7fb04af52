/** Settings: how it looks and speaks here, and the rules of this data folder under which nobody is asked. */
import { useQuery } from "@tanstack/react-query";
import { Database, ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { ButtonLink } from "../../components/button";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import frame from "../../components/screen.module.css";
import "../../i18n/late";
import { LookChoices } from "./look-choices";
import { Meaning } from "./meaning";
import { RuleRow } from "./rule-row";
import styles from "./settings-screen.module.css";

export function SettingsScreen() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().policies());
  const rules = data?.items ?? [];
  const inForce = rules.filter((rule) => rule.in_force);
  const over = rules.filter((rule) => !rule.in_force);
  return (
    <div className={frame.screen}>
      <header className={frame.head} data-tall>
        <h1>{t("frame.settings")}</h1>
      </header>
      <div className={`${frame.body} ${styles.body}`} data-look="page">
        <LookChoices />
        <Meaning />
        <section aria-labelledby="data" className={styles.place}>
          <h2 id="data">{t("data.title")}</h2>
          <p className="quiet">{t("data.text")}</p>
          <p>
            <ButtonLink to="/settings/data" search={{}} icon={Database}>
              {t("data.open")}
            </ButtonLink>
          </p>
        </section>
        <section aria-labelledby="rules">
          <h2 id="rules">{t("rules.title")}</h2>
          <p className="quiet">{t("rules.text")}</p>
          {data === undefined && isError && <ErrorState error={error} onRetry={() => void refetch()} />}
          {data === undefined && !isError && <LoadingRows height={52} />}
          {data !== undefined && rules.length === 0 && (
            <PlaceState icon={ShieldCheck} title={t("rules.empty_title")} text={t("rules.empty_text")} />
          )}
          {inForce.length > 0 && (
            <ul className={styles.rules}>
              {inForce.map((rule) => (
                <RuleRow key={rule.id} rule={rule} />
              ))}
            </ul>
          )}
          {over.length > 0 && (
            <>
              <h3>{t("rules.over")}</h3>
              <ul className={styles.rules}>
                {over.map((rule) => (
                  <RuleRow key={rule.id} rule={rule} />
                ))}
              </ul>
            </>
          )}
        </section>
      </div>
    </div>
  );
}
