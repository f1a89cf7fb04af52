/** The frame around every screen: rail, bar, status line, and the approval that lies over them. */
import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApprovalDialog } from "../features/approval/approval-dialog";
import styles from "./frame.module.css";
import { LiveChip } from "./live-chip";
import { Rail } from "./rail";
import { StatusBar } from "./status-bar";
import { Trouble } from "./trouble";

export function Frame() {
  const { t } = useTranslation();
  return (
    <div className={styles.app}>
      <a href="#screen" className={styles.skip}>
        {t("frame.skip")}
      </a>
      <Rail />
      <header className={styles.bar}>
        <span className={styles.brandName}>Krake</span>
        <LiveChip />
      </header>
      <main id="screen" tabIndex={-1} className={styles.screen}>
        <Trouble />
        <Outlet />
      </main>
      <StatusBar />
      <ApprovalDialog />
    </div>
  );
}
