/** What a step does to the world, and whether it stops for a person: an icon and a word each. */
import { Eye, Hand, type LucideIcon, Pencil, Sigma } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { StepPreview } from "../../backend/views";
import styles from "./plan-look.module.css";

const looks: Record<StepPreview["effect"], { icon: LucideIcon; tone: string | undefined }> = {
  computes: { icon: Sigma, tone: "idle" },
  reads: { icon: Eye, tone: undefined },
  writes: { icon: Pencil, tone: "warn" },
};

export function EffectWord({ effect }: { effect: StepPreview["effect"] }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = looks[effect];
  return (
    <span className={styles.word} data-tone={tone}>
      <Icon size={12} strokeWidth={2} aria-hidden />
      {t(`plan.${effect}`)}
    </span>
  );
}

export function AsksWord({ asks }: { asks: StepPreview["asks"] }) {
  const { t } = useTranslation();
  if (asks === "never") return null;
  return (
    <span className={styles.word} data-tone="wait">
      <Hand size={12} strokeWidth={2} aria-hidden />
      {asks === "always" ? t("plan.asks") : t("plan.may_ask")}
    </span>
  );
}
