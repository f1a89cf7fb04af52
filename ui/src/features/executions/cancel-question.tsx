/** Asks before an execution is cancelled; nothing is chosen in advance. */
import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import { useRun } from "../../actions/use-actions";
import { Button } from "../../components/button";
import styles from "./cancel-question.module.css";

export function CancelQuestion({
  open,
  action,
  onClose,
}: {
  open: boolean;
  action: BoundAction;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const run = useRun();
  const confirm = () => {
    run(action);
    onClose();
  };
  return (
    <Modal.Root
      opened={open}
      onClose={onClose}
      centered
      size={460}
      classNames={{ content: styles.dialog ?? "", overlay: styles.scrim ?? "" }}
    >
      <Modal.Overlay />
      <Modal.Content radius={12} shadow="none">
        <Modal.Title className={styles.title ?? ""}>{t("action.cancel_question")}</Modal.Title>
        <p className="quiet">{t("action.cancel_text")}</p>
        <div className={styles.buttons}>
          <Button onClick={onClose}>{t("action.cancel_keep")}</Button>
          <Button icon={action.icon} onClick={confirm} data-action={action.id} className={styles.bad ?? ""}>
            {t(action.label)}
          </Button>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
