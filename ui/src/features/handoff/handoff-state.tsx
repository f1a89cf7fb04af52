/** Where a handoff stands: one icon and one word. What waits for an account waits for nobody here, so it has no colour. */
import {
  CircleCheck,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Play,
  TriangleAlert,
  Undo2,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HandoffView } from "../../backend/views";
import type { Tone } from "../../components/status";
import styles from "./handoffs-screen.module.css";

const looks: Record<HandoffView["state"], { icon: LucideIcon; tone: Tone }> = {
  preparing: { icon: LoaderCircle, tone: "run" },
  pending: { icon: Hourglass, tone: "idle" },
  claimed: { icon: Play, tone: "run" },
  done: { icon: CircleCheck, tone: "well" },
  withdrawn: { icon: Undo2, tone: "idle" },
  not_sent: { icon: TriangleAlert, tone: "warn" },
};

export function HandoffState({ state }: { state: HandoffView["state"] }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = looks[state];
  return (
    <span className={styles.state} data-tone={tone}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      {t(`handoff.state_${state}`)}
    </span>
  );
}
