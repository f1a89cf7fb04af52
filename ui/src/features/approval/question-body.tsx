/** A question of the plan, in full: its words with nothing hidden, why it is asked, and the reply. */
import { Modal } from "@mantine/core";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApprovalView } from "../../backend/views";
import { IconButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { StatusChip } from "../../components/status";
import { useFocusHere } from "../../lib/use-focus";
import { Expiry } from "./approval-body";
import styles from "./approval-dialog.module.css";
import { QuestionAnswer } from "./question-answer";

interface QuestionBodyProps {
  approval: ApprovalView;
  question: NonNullable<ApprovalView["question"]>;
  onClose(): void;
}

export function QuestionBody({ approval, question, onClose }: QuestionBodyProps) {
  const { t } = useTranslation();
  const here = useFocusHere<HTMLDivElement>();
  const [opened] = useState(() => performance.now());
  return (
    <div ref={here} tabIndex={-1} data-autofocus className={styles.aside} data-approval={approval.id}>
      <header className={styles.head}>
        <div className={styles.from}>
          <StatusChip status="waiting" />
          <span className="quiet small">
            {t("approval.from", { execution: approval.execution_name, step: approval.step })}
          </span>
          <Expiry at={approval.expires_at} />
          <IconButton icon={X} label={t("approval.close")} onClick={onClose} />
        </div>
        <Modal.Title className={styles.title ?? ""}>
          <bdi dir="auto" className={styles.words}>
            <Exact text={question.text} />
          </bdi>
        </Modal.Title>
        <p className="quiet" dir="auto">
          <Exact text={approval.because} />
        </p>
      </header>
      <QuestionAnswer approval={approval} question={question} opened={opened} onClose={onClose} />
    </div>
  );
}
