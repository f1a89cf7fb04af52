/** Other arguments for the call. They do not run from here: the new call is asked about with its own bytes. */
import { useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import styles from "./approval-dialog.module.css";

interface EditedArgumentsProps {
  text: string;
  /** It can be read as arguments. */
  sound: boolean;
  onText(text: string): void;
}

export function EditedArguments({ text, sound, onText }: EditedArgumentsProps) {
  const { t } = useTranslation();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  return (
    <label className={styles.reason}>
      <span className="small quiet" id={id} data-tone={sound ? undefined : "bad"}>
        {sound ? t("approval.edit_hint") : t("approval.edit_broken")}
      </span>
      <textarea
        ref={area}
        data-mantine-stop-propagation="true"
        rows={8}
        dir="ltr"
        className="mono"
        spellCheck={false}
        aria-label={t("approval.arguments")}
        aria-describedby={id}
        aria-invalid={!sound}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}
