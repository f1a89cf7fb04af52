/** How far a yes reaches beyond this call, each rule in words before it is made. */
import { useTranslation } from "react-i18next";
import type { ApprovalView } from "../../backend/views";
import { Exact } from "../../components/exact";
import type { Scope } from "./actions";
import styles from "./approval-dialog.module.css";

interface ReachProps {
  approval: ApprovalView;
  scopes: readonly ("always" | "always_under")[];
  scope: Scope;
  onScope(scope: Scope): void;
}

export function Reach({ approval, scopes, scope, onScope }: ReachProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.reach}>
      <legend className="small quiet">{t("approval.reach")}</legend>
      {scopes.map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="scope"
            data-mantine-stop-propagation="true"
            value={each}
            checked={scope === each}
            onChange={() => onScope(each)}
          />
          <span>
            <code>
              <Exact text={approval.tool} />
            </code>{" "}
            {t(`rules.${ruleOf(each, approval.target).words}`)}{" "}
            <bdi className="mono" dir="auto">
              <Exact text={ruleOf(each, approval.target).place} />
            </bdi>
          </span>
        </label>
      ))}
      <p className="small quiet">{t("approval.reach_hint")}</p>
    </fieldset>
  );
}

/** The rule as it will stand in the list of rules: the target itself, or its folder. */
function ruleOf(scope: "always" | "always_under", target: string) {
  if (scope === "always") return { words: "exact", place: target } as const;
  return { words: "folder", place: target.replace(/[\\/][^\\/]*$/, "") } as const;
}
