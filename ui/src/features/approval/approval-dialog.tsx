/** The approval that the address names, over whatever screen is below. Modal: a person opened it. */
import { Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ApprovalId } from "../../backend/views";
import { Button } from "../../components/button";
import { ErrorState, LoadingRows, PlaceState } from "../../components/place-state";
import { ApprovalBody } from "./approval-body";
import styles from "./approval-dialog.module.css";
import { QuestionBody } from "./question-body";

export function ApprovalDialog() {
  const navigate = useNavigate();
  const id = useSearch({ strict: false, select: (search: { approval?: string }) => search.approval });
  const close = () =>
    void navigate({ to: ".", search: (now: object) => ({ ...now, approval: undefined }), replace: true });
  return (
    <Modal.Root
      opened={id !== undefined}
      onClose={close}
      size={1080}
      centered
      classNames={{ content: styles.dialog ?? "", overlay: styles.scrim ?? "" }}
    >
      <Modal.Overlay />
      <Modal.Content radius={12} shadow="none">
        {id !== undefined && <Opened key={id} id={id as ApprovalId} onClose={close} />}
      </Modal.Content>
    </Modal.Root>
  );
}

function Opened({ id, onClose }: { id: ApprovalId; onClose(): void }) {
  const { t } = useTranslation();
  const { data: approval, isError, error, refetch } = useQuery(useQueries().approval(id));
  if (approval === undefined) {
    return (
      <div className={styles.aside}>
        <Modal.Title className="unseen">{t("approval.waits")}</Modal.Title>
        {isError ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingRows height={52} />}
        <Leave onClose={onClose} />
      </div>
    );
  }
  if (approval.status !== "waiting") {
    return (
      <div className={styles.aside}>
        <Modal.Title className="unseen">{t("approval.answered_title")}</Modal.Title>
        <PlaceState
          icon={CircleCheck}
          title={t("approval.answered_title")}
          text={t("approval.answered_text")}
        />
        <Leave onClose={onClose} />
      </div>
    );
  }
  if (approval.question !== null)
    return <QuestionBody approval={approval} question={approval.question} onClose={onClose} />;
  return <ApprovalBody approval={approval} onClose={onClose} />;
}

function Leave({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  return (
    <footer className={styles.foot}>
      <Button onClick={onClose}>{t("approval.close")}</Button>
    </footer>
  );
}
