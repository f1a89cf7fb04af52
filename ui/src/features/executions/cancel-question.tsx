/** Asks before an execution is cancelled; nothing is chosen in advance. */
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import { useRun } from "../../actions/use-actions";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
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
    <Dialog title={t("action.cancel_question")} size={460} open={open} onClose={onClose}>
      <p className="quiet">{t("action.cancel_text")}</p>
      <DialogButtons>
        <Button onClick={onClose}>{t("action.cancel_keep")}</Button>
        <Button icon={action.icon} onClick={confirm} data-action={action.id} className={styles.bad ?? ""}>
          {t(action.label)}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
