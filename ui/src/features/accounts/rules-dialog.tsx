/** The person's own rules for who is asked and who goes on, first to last; the first that means an account decides. */
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, Save, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useHands } from "../../actions/use-actions";
import { asProblem, type Problem } from "../../backend/problem";
import { useQueries } from "../../backend/use-backend";
import type { AccountView, Answer } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { ProblemLine } from "../../components/problem-line";
import styles from "./rules-dialog.module.css";

type Rule = Answer<"accounts.rules">["rules"][number];
const KINDS = ["first", "last", "never"] as const satisfies readonly Rule["kind"][];

export function RulesDialog({ accounts, onClose }: { accounts: readonly AccountView[]; onClose(): void }) {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(useQueries().routing());
  return (
    <Dialog title={t("accounts.rules")} size={640} onClose={onClose}>
      <p className="quiet">{t("accounts.rules_text")}</p>
      {data === undefined ? (
        isError ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <LoadingRows height={36} />
        )
      ) : (
        <Rules kept={data.rules} accounts={accounts} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface RulesProps {
  kept: readonly Rule[];
  accounts: readonly AccountView[];
  onClose(): void;
}

/** A rule with a number of its own, so that a row keeps its fields when it moves. */
type Row = Rule & { row: number };

function Rules({ kept, accounts, onClose }: RulesProps) {
  const { t } = useTranslation();
  const { backend } = useHands();
  const [rows, setRows] = useState<readonly Row[]>(() => kept.map((rule, row) => ({ ...rule, row })));
  const [problem, setProblem] = useState<Problem | null>(null);
  const known = useId();
  const change = (row: number, fields: Partial<Rule>) =>
    setRows(rows.map((each) => (each.row === row ? { ...each, ...fields } : each)));
  const move = (from: number, to: number) => {
    const next = [...rows];
    next.splice(to, 0, ...next.splice(from, 1));
    setRows(next);
  };
  const add = () => {
    const row = Math.max(-1, ...rows.map((each) => each.row)) + 1;
    setRows([...rows, { row, kind: "first", accounts: accounts[0]?.name ?? "", when: null }]);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const rules = rows.map(({ kind, accounts: meant, when }) => ({
        kind,
        accounts: meant,
        when: when?.trim() ? when.trim() : null,
      }));
      await backend.transport.call("accounts.set_rules", { rules });
      await backend.queries.invalidateQueries({ queryKey: ["accounts.rules"] });
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
  };
  return (
    <form onSubmit={(event) => void save(event)}>
      <datalist id={known}>
        {wordsOf(accounts).map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
      <ol className={styles.rules}>
        {rows.map((rule, place) => (
          <li key={rule.row} className={styles.rule}>
            <span className="faint num">{place + 1}</span>
            <select
              aria-label={t("accounts.rule_kind")}
              value={rule.kind}
              onChange={(event) => {
                const kind = KINDS.find((each) => each === event.currentTarget.value);
                if (kind !== undefined) change(rule.row, { kind });
              }}
            >
              {KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`accounts.rule_${kind}`)}
                </option>
              ))}
            </select>
            <input
              dir="auto"
              required
              list={known}
              aria-label={t("accounts.rule_accounts")}
              placeholder={t("accounts.rule_accounts")}
              value={rule.accounts}
              onChange={(event) => change(rule.row, { accounts: event.currentTarget.value })}
            />
            <input
              dir="auto"
              aria-label={t("accounts.rule_when")}
              placeholder={t("accounts.rule_when")}
              value={rule.when ?? ""}
              onChange={(event) => change(rule.row, { when: event.currentTarget.value })}
            />
            <span className={styles.hands}>
              <IconButton
                icon={ArrowUp}
                label={t("accounts.rule_up")}
                disabled={place === 0}
                onClick={() => move(place, place - 1)}
              />
              <IconButton
                icon={ArrowDown}
                label={t("accounts.rule_down")}
                disabled={place === rows.length - 1}
                onClick={() => move(place, place + 1)}
              />
              <IconButton
                icon={X}
                label={t("accounts.rule_remove")}
                onClick={() => setRows(rows.filter(({ row }) => row !== rule.row))}
              />
            </span>
          </li>
        ))}
      </ol>
      <Button icon={Plus} small onClick={add}>
        {t("accounts.rule_add")}
      </Button>
      <ProblemLine problem={problem} />
      <DialogButtons>
        <Button onClick={onClose}>{t("context.close")}</Button>
        <Button icon={Save} tone="go" type="submit">
          {t("context.save")}
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What a rule can mean: an account by its name, a tag, or a provider. */
function wordsOf(accounts: readonly AccountView[]): string[] {
  return [...new Set(accounts.flatMap(({ name, tags, provider }) => [name, ...tags, provider]))];
}
