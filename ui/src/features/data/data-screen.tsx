/** The data as a whole: out into a capsule, back in from one, and copies that make themselves. */
import "../../i18n/late";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import frame from "../../components/screen.module.css";
import { Backups } from "./backups";
import { CapsuleIn } from "./capsule-in";
import { CapsuleOut } from "./capsule-out";
import styles from "./data-screen.module.css";
import { Imports } from "./imports";
import { Rescan } from "./rescan";
import { Secrets } from "./secrets";

const route = getRouteApi("/settings/data");

export function DataScreen() {
  const { t } = useTranslation();
  const { project } = route.useSearch();
  return (
    <div className={frame.screen}>
      <header className={frame.head} data-tall>
        <p className="small quiet">
          <Link to="/settings">{t("frame.settings")}</Link>
        </p>
        <h1>{t("data.title")}</h1>
      </header>
      <div className={`${frame.body} ${styles.body}`} data-look="page">
        <CapsuleOut project={project ?? null} />
        <section aria-labelledby="capsule-in">
          <h2 id="capsule-in">{t("data.in_title")}</h2>
          <p className="quiet">{t("data.in_text")}</p>
          <CapsuleIn />
          <Imports />
        </section>
        <Backups />
        <Secrets />
        <Rescan />
      </div>
    </div>
  );
}
