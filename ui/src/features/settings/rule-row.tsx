/** One rule in words: what it allows, who made it, how often it was used, and the way to take it back. */
import { ShieldCheck, ShieldOff, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { type Action, bind } from "../../actions/action";
import { useHands } from "../../actions/use-actions";
import type { PolicyView } from "../../backend/views";
import { ActionButton } from "../../components/button";
import { Exact } from "../../components/exact";
import { Ago, ClockTime } from "../../components/moment";
import styles from "./settings-screen.module.css";

const revoke: Action<PolicyView> = {
  id: "rule.revoke",
  label: "rules.revoke",
  icon: Undo2,
  enabled: ({ in_force }) => in_force,
  run: async ({ id }, { backend }) => {
    await backend.transport.call("policies.revoke", { id });
    await backend.queries.invalidateQueries({ queryKey: ["policies.list"] });
  },
};

export function RuleRow({ rule }: { rule: PolicyView }) {
  const { t } = useTranslation();
  const hands = useHands();
  const Icon = rule.in_force ? ShieldCheck : ShieldOff;
  return (
    <li className={styles.rule} data-rule={rule.id} data-in-force={rule.in_force}>
      <Icon size={16} strokeWidth={1.75} data-tone={rule.in_force ? "well" : "idle"} aria-hidden />
      <div className={styles.what}>
        <p>
          <code>{rule.tool}</code> {t(`rules.${rule.pattern.kind}`)}{" "}
          <bdi className="mono" dir="auto">
            <Exact text={placeOf(rule.pattern)} />
          </bdi>
        </p>
        <p className="small quiet">
          {t("rules.made", { name: rule.by.name })} <Ago at={rule.created_at} />
          {" · "}
          {rule.times_used === 0 ? t("rules.unused") : t("rules.used", { count: rule.times_used })}
          {rule.last_used_at !== null && (
            <>
              , <Ago at={rule.last_used_at} />
            </>
          )}
          {" · "}
          {rule.revoked_at !== null ? (
            <>
              {t("rules.revoked")} <Ago at={rule.revoked_at} />
            </>
          ) : (
            <>
              {t("rules.ends")} <ClockTime at={rule.expires_at} />
            </>
          )}
        </p>
      </div>
      {rule.in_force && <ActionButton action={bind(revoke, rule, hands)} small />}
    </li>
  );
}

function placeOf(pattern: PolicyView["pattern"]): string {
  switch (pattern.kind) {
    case "exact":
      return pattern.target;
    case "folder":
      return pattern.folder;
  }
}
