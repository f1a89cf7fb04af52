/** What a capsule holds and what becomes of it here, before and after it came in. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CapsulePreviewView } from "../../backend/views";
import { ClockTime } from "../../components/moment";
import { bringsSomething } from "./brings";
import styles from "./data-screen.module.css";

interface CapsulePreviewProps {
  name: string;
  preview: CapsulePreviewView;
  children?: ReactNode;
}

/** Nouns that have a word of their own; another one is shown as it is. */
const NOUNS = [
  "projects",
  "sessions",
  "knowledge",
  "accounts",
  "snapshots",
  "handoffs",
  "drafts",
  "compression_rules",
  "budgets",
  "routing",
  "executions",
  "files",
  "playbooks",
] as const;

export function CapsulePreview({ name, preview, children }: CapsulePreviewProps) {
  const { t } = useTranslation();
  const word = (noun: string) => {
    const known = NOUNS.find((each) => each === noun);
    return known === undefined ? noun : t(`data.noun_${known}`);
  };
  return (
    <div className={styles.told} data-preview>
      <h3>
        {preview.import_id === null ? t("data.preview_title", { name }) : t("data.taken_title", { name })}
      </h3>
      <p className="small quiet">
        <bdi>{preview.capsule.project ?? t("data.everything")}</bdi> · <bdi>{preview.capsule.made_by}</bdi> ·{" "}
        <ClockTime at={preview.capsule.made_at} />
      </p>
      {!bringsSomething(preview) && <p>{t("data.nothing_new")}</p>}
      <table className={styles.table}>
        <thead>
          <tr>
            <th>{t("data.what")}</th>
            <th>{t("data.new")}</th>
            <th>{t("data.equal")}</th>
            <th>{t("capsule.grown")}</th>
            <th>{t("data.both")}</th>
          </tr>
        </thead>
        <tbody>
          {preview.nouns.map((noun) => (
            <tr key={noun.noun}>
              <th scope="row">{word(noun.noun)}</th>
              <Count of={noun.new} />
              <Count of={noun.equal} />
              <Count of={noun.grown} />
              <Count of={noun.kept_both} />
            </tr>
          ))}
        </tbody>
      </table>
      {preview.differing.length > 0 && (
        <>
          <p className={styles.last}>{t("data.differing")}</p>
          <ul className={styles.differing}>
            {preview.differing.map((one) => (
              <li key={`${one.noun} ${one.id}`}>
                <p>
                  <bdi dir="auto">{one.title === "" ? one.id : one.title}</bdi>{" "}
                  <span className="small quiet">{word(one.noun)}</span>
                </p>
                <p className="small quiet">
                  <bdi dir="auto">{one.why}</bdi>, {t("data.comes_as")}{" "}
                  <bdi className="mono" dir="ltr">
                    {one.kept_as}
                  </bdi>
                </p>
              </li>
            ))}
          </ul>
          {preview.more_differing > 0 && (
            <p className="small quiet">{t("data.more", { count: preview.more_differing })}</p>
          )}
        </>
      )}
      {children !== undefined && <div className={styles.line}>{children}</div>}
    </div>
  );
}

/** What there is nothing of steps back behind what there is. */
function Count({ of }: { of: number }) {
  const { i18n } = useTranslation();
  return (
    <td className={of === 0 ? "num faint" : "num"}>{new Intl.NumberFormat(i18n.language).format(of)}</td>
  );
}
