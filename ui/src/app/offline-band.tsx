/** Over every screen while the core does not answer: what is shown may be old, and since when. */
import { CloudOff, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBackend } from "../backend/use-backend";
import { Button } from "../components/button";
import { clock } from "../components/moment";
import styles from "./trouble.module.css";

/** A stream that comes back at once moves nothing on the screen. */
const PATIENCE_MS = 1_500;

export function OfflineBand({ since }: { since: Date }) {
  const { t, i18n } = useTranslation();
  const { live } = useBackend();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div className={styles.trouble} data-tone="bad" data-offline>
      <CloudOff size={16} strokeWidth={1.75} aria-hidden />
      <span className={styles.words}>{t("live.band", { time: clock(since.getTime(), i18n.language) })}</span>
      <Button small icon={RotateCw} onClick={live.retryNow}>
        {t("action.retry")}
      </Button>
    </div>
  );
}
