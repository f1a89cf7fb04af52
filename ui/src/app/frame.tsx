/** The frame around every screen: rail, bar, status line, and the approval that lies over them. */
import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApprovalDialog } from "../features/approval/approval-dialog";
import { BarProvider } from "../features/command-bar/bar-provider";
import { ImportProvider } from "../features/context/import-provider";
import styles from "./frame.module.css";
import { Rail } from "./rail";
import { StatusBar } from "./status-bar";
import { TopBar } from "./top-bar";
import { Trouble } from "./trouble";

export function Frame() {
  const { t } = useTranslation();
  return (
    <BarProvider>
      <div className={styles.app}>
        <ImportProvider>
          <a href="#screen" className={styles.skip}>
            {t("frame.skip")}
          </a>
          <Rail />
          <TopBar />
          <main id="screen" tabIndex={-1} className={styles.screen}>
            <Trouble />
            <Outlet />
          </main>
          <StatusBar />
          <ApprovalDialog />
        </ImportProvider>
      </div>
    </BarProvider>
  );
}
