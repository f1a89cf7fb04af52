/** Whether the screen shows what is true now; offline it is a button that tries again at once. */
import { useTranslation } from "react-i18next";
import { useBackend, useLiveState } from "../backend/use-backend";
import { clock } from "../components/moment";
import styles from "./live-chip.module.css";

export function LiveChip() {
  const { t, i18n } = useTranslation();
  const { live } = useBackend();
  const state = useLiveState();
  if (state.phase === "offline") {
    const time = clock(state.since.getTime(), i18n.language);
    return (
      <button
        type="button"
        className={styles.chip}
        data-live="offline"
        data-tone="bad"
        title={t("live.offline_hint")}
        onClick={live.retryNow}
      >
        <i aria-hidden />
        <span role="status">{t("live.offline_since", { time })}</span>
      </button>
    );
  }
  const caughtUp = state.phase === "live";
  return (
    <span
      className={styles.chip}
      role="status"
      data-live={state.phase}
      data-tone={caughtUp ? "well" : "warn"}
      title={caughtUp ? t("live.live_hint") : t("live.catching_up_hint")}
    >
      <i className={caughtUp ? "" : "pulse"} aria-hidden />
      {caughtUp ? t("live.live") : t("live.catching_up")}
    </span>
  );
}
