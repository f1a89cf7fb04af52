/** How an account is: an icon, a colour and a word, never the colour alone. */
import {
  CircleAlert,
  CircleCheck,
  CircleHelp,
  CirclePause,
  Hourglass,
  KeyRound,
  type LucideIcon,
  TriangleAlert,
  Unplug,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { AccountView } from "../../backend/views";
import styles from "./accounts-table.module.css";

type State = AccountView["health"];

const looks: Record<State, { icon: LucideIcon; tone: "well" | "warn" | "bad" | "idle" }> = {
  unknown: { icon: CircleHelp, tone: "idle" },
  healthy: { icon: CircleCheck, tone: "well" },
  runs_out_early: { icon: TriangleAlert, tone: "warn" },
  rate_limited: { icon: TriangleAlert, tone: "warn" },
  used_up: { icon: Hourglass, tone: "bad" },
  ran_out: { icon: Hourglass, tone: "bad" },
  out_of_credit: { icon: Hourglass, tone: "bad" },
  no_access: { icon: KeyRound, tone: "bad" },
  no_key: { icon: KeyRound, tone: "bad" },
  unreachable: { icon: Unplug, tone: "bad" },
  unreadable: { icon: CircleAlert, tone: "bad" },
  paused: { icon: CirclePause, tone: "idle" },
};

export function Health({ state }: { state: State }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = looks[state];
  return (
    <span className={styles.health} data-tone={tone} data-health={state}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      {t(`accounts.health_${state}`)}
    </span>
  );
}
