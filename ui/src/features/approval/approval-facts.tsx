/** Beside the bytes: why it asks, whether it can be taken back, what it touches. */
import { TriangleAlert, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApprovalView } from "../../backend/views";
import { Exact } from "../../components/exact";
import styles from "./approval-dialog.module.css";

export function ApprovalFacts({ approval }: { approval: ApprovalView }) {
  const { t } = useTranslation();
  return (
    <aside className={styles.facts}>
      <Fact word={t("approval.why")}>
        <p dir="auto" className={beginsWithName(approval.because) ? undefined : styles.sentence}>
          <Exact text={approval.because} />
        </p>
      </Fact>
      <Fact word={t("approval.undo")}>
        <Undo reversible={approval.reversible} />
      </Fact>
      <Fact word={t("approval.target")}>
        <p className="mono" dir="auto">
          <Exact text={approval.target} />
        </p>
      </Fact>
      <Fact word={t("approval.tool")}>
        <code>{approval.tool}</code>
        <p className="quiet small">{t(`class.${approval.class}`)}</p>
      </Fact>
    </aside>
  );
}

/** A name of a tool or a file keeps its letters. */
function beginsWithName(text: string): boolean {
  return /^\S*[._/]\S/.test(text);
}

export function Undo({ reversible }: { reversible: boolean }) {
  const { t } = useTranslation();
  return reversible ? (
    <p className={styles.undo} data-tone="well">
      <Undo2 size={16} strokeWidth={1.75} aria-hidden /> {t("approval.undo_yes")}
    </p>
  ) : (
    <p className={styles.undo} data-tone="warn">
      <TriangleAlert size={16} strokeWidth={1.75} aria-hidden /> {t("approval.undo_no")}
    </p>
  );
}

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <section>
      <h3>{word}</h3>
      {children}
    </section>
  );
}
