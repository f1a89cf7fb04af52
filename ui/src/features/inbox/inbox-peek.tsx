/** The chosen question beside the list: enough to know what it is, and the exact call. */
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import type { ApprovalView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Exact, ExactFields } from "../../components/exact";
import { Ago } from "../../components/moment";
import { StatusChip } from "../../components/status";
import styles from "./inbox-list.module.css";

export function InboxPeek({
  approval,
  actions,
}: {
  approval: ApprovalView;
  actions: readonly BoundAction[];
}) {
  const { t } = useTranslation();
  return (
    <aside className={styles.peek} aria-label={t("inbox.peek")}>
      <section>
        <p className={styles.meta}>
          <StatusChip status="waiting" />
          <span className="small faint">
            <Ago at={approval.asked_at} />
          </span>
        </p>
        <h2 dir="auto">
          <Exact text={approval.summary} />
        </h2>
        <p className="quiet">
          {t("inbox.line", { execution: approval.execution_name, step: approval.step })}
        </p>
      </section>
      <section>
        <h3>{t("approval.why")}</h3>
        <p dir="auto">
          <Exact text={approval.because} />
        </p>
      </section>
      <section>
        <h3>{t("approval.arguments")}</h3>
        <p className={styles.tool}>
          <code>{approval.tool}</code>
        </p>
        <ExactFields value={JSON.parse(approval.args)} />
      </section>
      <footer>
        {actions.map((action, at) => (
          <ActionButton
            key={action.id}
            action={action}
            tone={at === 0 ? "accent" : "plain"}
            icon={false}
            keys
          />
        ))}
      </footer>
    </aside>
  );
}
