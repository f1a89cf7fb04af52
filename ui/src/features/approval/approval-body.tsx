/** What is asked, in full: what will happen, the exact bytes, why, and what the answer means. */
import { Modal } from "@mantine/core";
import { Eye, Hourglass, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApprovalView } from "../../backend/views";
import { IconButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { clock, Stretch } from "../../components/moment";
import { StatusChip } from "../../components/status";
import { instant } from "../../lib/span";
import { useFocusHere } from "../../lib/use-focus";
import { useNow } from "../../lib/use-now";
import { hiddenInJson } from "../../lib/visible";
import { ApprovalAnswer } from "./approval-answer";
import styles from "./approval-dialog.module.css";
import { ApprovalFacts } from "./approval-facts";
import { Diff } from "./diff";
import { ExactArguments } from "./exact-arguments";
import { useSeenToTheEnd } from "./use-seen-to-the-end";

export function ApprovalBody({ approval, onClose }: { approval: ApprovalView; onClose(): void }) {
  const { t, i18n } = useTranslation();
  const [opened] = useState(() => performance.now());
  const { seen, endRef, rootRef } = useSeenToTheEnd();
  const asked = instant(approval.asked_at);
  const here = useFocusHere<HTMLDivElement>();
  const unknown = approval.kind === "unknown_outcome";
  const failure = approval.failure;
  return (
    <div ref={here} tabIndex={-1} data-autofocus className={styles.layout} data-approval={approval.id}>
      <header className={styles.head}>
        <div className={styles.from}>
          <StatusChip status="waiting" />
          <span className="quiet small">
            {t("approval.from", { execution: approval.execution_name, step: approval.step })}
            {asked !== null && `, ${t("approval.asked", { when: clock(asked, i18n.language) })}`}
          </span>
          <Expiry at={approval.expires_at} />
          <IconButton icon={X} label={t("approval.close")} onClick={onClose} />
        </div>
        <Modal.Title className={styles.title ?? ""}>
          <bdi dir="auto" className={styles.sentence}>
            {unknown ? (
              t("approval.unknown_title")
            ) : failure !== null ? (
              t("approval.failed_title", { step: approval.step })
            ) : (
              <Exact text={approval.summary} />
            )}
          </bdi>
        </Modal.Title>
        {failure !== null && (
          <p className="quiet">
            <bdi dir="auto">
              <Exact text={failure.message} />
            </bdi>
          </p>
        )}
        {unknown && (
          <p className="quiet">
            <bdi dir="auto">
              <Exact text={approval.summary} />
            </bdi>{" "}
            {t("approval.unknown_text")}
          </p>
        )}
      </header>
      <section ref={rootRef} className={styles.bytes} aria-label={t("approval.exact")}>
        {approval.diff === null ? (
          <div className={styles.line}>
            <BytesWords approval={approval} />
          </div>
        ) : (
          <Diff diff={approval.diff}>
            <BytesWords approval={approval} />
          </Diff>
        )}
        <ExactArguments args={approval.args} whole={approval.diff === null} />
        <div ref={endRef} className={styles.end} />
      </section>
      <ApprovalFacts approval={approval} />
      <ApprovalAnswer
        approval={approval}
        opened={opened}
        seen={seen || approval.reversible}
        onClose={onClose}
      />
    </div>
  );
}

export function Expiry({ at }: { at: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow(1_000);
  const end = instant(at);
  if (end === null) return null;
  const left = end - now;
  return (
    <span
      className={`${styles.expiry} small`}
      data-tone={left < 60_000 ? "bad" : undefined}
      title={clock(end, i18n.language)}
    >
      <Hourglass size={12} aria-hidden />
      {left <= 0 ? t("approval.expired") : <Left ms={left} />}
    </span>
  );
}

function Left({ ms }: { ms: number }) {
  const { t } = useTranslation();
  const [before = "", after = ""] = t("approval.expires_in", { span: "\u0000" }).split("\u0000");
  return (
    <span>
      {before}
      <b>
        <Stretch ms={Math.ceil(ms / 1_000) * 1_000} />
      </b>
      {after}
    </span>
  );
}

function BytesWords({ approval }: { approval: ApprovalView }) {
  const { t } = useTranslation();
  const size = new TextEncoder().encode(approval.args).length;
  const hidden = hiddenInJson(approval.args);
  return (
    <>
      <b className={styles.lead}>{approval.diff === null ? t("approval.no_diff") : t("approval.diff")}</b>
      <bdi className="num">{t("approval.size", { count: size })}</bdi>
      {hidden > 0 && (
        <span data-tone="warn" className={styles.hidden}>
          <Eye size={12} aria-hidden />
          {t("approval.hidden", { count: hidden })}
        </span>
      )}
    </>
  );
}
