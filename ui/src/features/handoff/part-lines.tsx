/** What came of the parts of a handoff, a line each. */
import type { TFunction } from "i18next";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { HandoffView } from "../../backend/views";
import styles from "./lines.module.css";

type Parts = HandoffView["parts"];

export function PartLines({ parts }: { parts: Parts }) {
  const { t } = useTranslation();
  if (parts.length === 0) return null;
  return (
    <ul className={styles.lines}>
      {parts.map(({ part, ok, said }) => (
        <li key={part}>
          {ok ? (
            <CircleCheck size={14} strokeWidth={1.75} data-tone="well" aria-hidden />
          ) : (
            <TriangleAlert size={14} strokeWidth={1.75} data-tone="warn" aria-hidden />
          )}
          {ok ? (
            <span>
              {t(`handoff.part_${part}`)} <bdi dir="auto">{said}</bdi>
            </span>
          ) : (
            <span>{t("handoff.part_failed", { part: t(`handoff.part_${part}`), why: said })}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The same in one short sentence, for what is said afterwards: what went wrong whole, the rest by its name. */
export function partsSaid(parts: Parts, t: TFunction): string {
  const words = parts
    .filter(({ part, ok }) => part !== "snapshot" || !ok)
    .map(({ part, ok, said }) => {
      const name = t(`handoff.part_${part}`);
      if (!ok) return t("handoff.part_failed", { part: name, why: said });
      return `${name} ${part === "file" ? (said.split(/[\\/]/).at(-1) ?? said) : said}`;
    });
  const sent = words.length === 0 ? t("handoff.sent") : t("handoff.sent_with", { parts: words.join(", ") });
  const file = parts.find(({ part, ok }) => part === "file" && ok)?.said;
  const folder = file?.replace(/[\\/][^\\/]*$/, "");
  return folder === undefined ? sent : `${sent} ${t("handoff.start_there", { folder })}`;
}
