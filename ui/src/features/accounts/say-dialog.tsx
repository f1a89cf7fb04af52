/**
 * A dialog in which a person says something of an account. What they typed is sent; what is refused
 * stands at its field, or below all where it has none.
 */
import type { LucideIcon } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { Button } from "../../components/button";
import { Dialog, DialogButtons } from "../../components/dialog";
import look from "../../components/form.module.css";
import { ProblemLine } from "../../components/problem-line";
import { typedAmount } from "../../lib/money";

/** What stands in the fields, by their names. */
export interface Typed {
  text(name: string): string;
  /** A number as the core reads it; anything else is refused at its field. */
  amount(name: string): string;
}

interface SayDialogProps {
  title: string;
  /** What this is for, in a sentence. */
  text: string;
  /** The button that sends. */
  send: { label: string; icon: LucideIcon; action: string };
  onSend(typed: Typed): Promise<unknown>;
  onClose(): void;
  /** The fields, each with the problem that may be its own. */
  children(problem: Problem | null): ReactNode;
}

export function SayDialog({ title, text, send, onSend, onClose, children }: SayDialogProps) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const sendNow = async () => {
    if (form.current === null || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSend(typedIn(form.current, t("accounts.an_amount")));
      onClose();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  const atField = form.current?.elements.namedItem(problem?.field ?? "") instanceof HTMLElement;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form}
        className={look.form}
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void sendNow();
        }}
      >
        <p className="small quiet">{text}</p>
        {children(problem)}
        {!atField && <ProblemLine problem={problem} />}
        <DialogButtons>
          <Button onClick={onClose}>{t("accounts.cancel")}</Button>
          <Button type="submit" tone="go" icon={send.icon} disabled={busy} data-action={send.action}>
            {send.label}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function typedIn(form: HTMLFormElement, expected: string): Typed {
  const fields = new FormData(form);
  const text = (name: string) => String(fields.get(name) ?? "").trim();
  return {
    text,
    amount: (name) => {
      const typed = typedAmount(text(name));
      if (typed === null) throw new Error(`field \`${name}\`: ${expected}`);
      return typed;
    },
  };
}
