/** The arguments that run: readable field by field, and below byte for byte as they are bound. */
import { useTranslation } from "react-i18next";
import { Exact, ExactFields } from "../../components/exact";
import styles from "./approval-dialog.module.css";

interface ExactArgumentsProps {
  /** Canonical JSON text. */
  args: string;
  /** No diff stands above, so the fields are open. */
  whole: boolean;
}

export function ExactArguments({ args, whole }: ExactArgumentsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.args}>
      {!whole && <h3>{t("approval.arguments")}</h3>}
      <ExactFields value={parsed(args)} />
      <details>
        <summary>{t("approval.canonical")}</summary>
        <pre dir="ltr">
          <Exact text={args} />
        </pre>
      </details>
    </div>
  );
}

function parsed(args: string): unknown {
  try {
    return JSON.parse(args);
  } catch {
    return args;
  }
}
