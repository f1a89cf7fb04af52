/** The top of every screen: whose work this is, the way to everything, and whether it is true now. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useBar } from "../actions/bar";
import { ariaKeys } from "../actions/shortcut";
import { useQueries } from "../backend/use-backend";
import { Keys } from "../components/keys";
import { LiveChip } from "./live-chip";
import { openBar } from "./places";
import styles from "./top-bar.module.css";

/** The one workspace that this version has. */
const WORKSPACE = "Personal";

export function TopBar() {
  const { t } = useTranslation();
  const bar = useBar();
  return (
    <header className={styles.bar}>
      <span className={styles.workspace} title={t("bar.workspace")}>
        <span className={styles.tile} aria-hidden>
          {WORKSPACE[0]}
        </span>
        <bdi>{WORKSPACE}</bdi>
      </span>
      <button
        type="button"
        className={styles.ask}
        data-action={openBar.id}
        aria-haspopup="dialog"
        aria-keyshortcuts={ariaKeys("mod+k")}
        onClick={() => bar.open()}
      >
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <span className="cut">{t("bar.ask")}</span>
        <Keys shortcut="mod+k" />
      </button>
      <div className={styles.end}>
        <LiveChip />
        <Waiting />
      </div>
    </header>
  );
}

function Waiting() {
  const { t } = useTranslation();
  const { data } = useQuery(useQueries().stats());
  const count = data?.waiting ?? 0;
  return (
    <Link to="/inbox" className={styles.bell} data-bell title={t("bar.waiting", { count })}>
      <Bell size={16} strokeWidth={1.75} aria-hidden />
      <span className="unseen">{t("bar.waiting", { count })}</span>
      {count > 0 && (
        <span className={styles.count} aria-hidden>
          {count > 99 ? "99+" : count}
        </span>
      )}
    </Link>
  );
}
