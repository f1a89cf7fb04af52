/** The inputs of a plan as a form, made from their schemas. What is wrong stands at the form. */
import { ArrowRight, type LucideIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem, type Problem } from "../../backend/problem";
import { Button } from "../../components/button";
import look from "../../components/form.module.css";
import { Keys } from "../../components/keys";
import { ProblemLine } from "../../components/problem-line";
import { type Field, fieldsOf, readField } from "./input-schema";
import styles from "./inputs-form.module.css";

interface InputsFormProps {
  schemas: Record<string, unknown>;
  values?: Record<string, unknown>;
  /** The word on the button. */
  submit: string;
  icon?: LucideIcon;
  /** A rejection is shown at the form. */
  onSubmit(inputs: Record<string, unknown>): Promise<void>;
  /** The button is not what the screen is for. */
  quiet?: boolean;
  /** The person has just asked for this form, so the focus may go into it. */
  focus?: boolean;
}

export function InputsForm({
  schemas,
  values,
  submit,
  icon = ArrowRight,
  onSubmit,
  quiet = false,
  focus = true,
}: InputsFormProps) {
  const { t } = useTranslation();
  const [fields] = useState(() => fieldsOf(schemas, values));
  const [texts, setTexts] = useState(() => new Map(fields.map((field) => [field.name, field.first])));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (focus) form.current?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
  }, [focus]);
  const send = async () => {
    setBusy(true);
    setProblem(null);
    const inputs = Object.fromEntries(
      fields
        .map((field) => [field.name, readField(field, texts.get(field.name) ?? "")] as const)
        .filter(([, value]) => value !== undefined),
    );
    try {
      await onSubmit(inputs);
    } catch (thrown) {
      setProblem(asProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || busy) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  return (
    <form
      ref={form}
      className={look.form}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send();
      }}
    >
      {fields.length === 0 && <p className="quiet">{t("plan.no_inputs")}</p>}
      {fields.map((field) => (
        <FieldRow
          key={field.name}
          field={field}
          text={texts.get(field.name) ?? ""}
          onText={(text) => setTexts((before) => new Map(before).set(field.name, text))}
        />
      ))}
      <ProblemLine problem={problem} />
      <div className={styles.end}>
        <Button
          type="submit"
          tone={quiet ? "plain" : "go"}
          icon={icon}
          disabled={busy}
          data-action="plan.propose"
        >
          {submit}
          {!quiet && <Keys shortcut="mod+enter" />}
        </Button>
      </div>
    </form>
  );
}

interface FieldRowProps {
  field: Field;
  text: string;
  onText(text: string): void;
}

function FieldRow({ field, text, onText }: FieldRowProps) {
  const { t } = useTranslation();
  const id = useId();
  const common = {
    id,
    value: text,
    required: field.required && field.kind !== "flag",
    "aria-describedby": field.description === "" ? undefined : `${id}-about`,
  };
  return (
    <div className={look.field}>
      <label htmlFor={id}>
        <bdi>{field.name}</bdi>
        {!field.required && <span className="faint"> {t("plan.optional")}</span>}
      </label>
      {field.kind === "choice" ? (
        <select {...common} onChange={(event) => onText(event.currentTarget.value)}>
          {!field.choices.includes(text) && <option value={text}>{text}</option>}
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : field.kind === "flag" ? (
        <input
          id={id}
          type="checkbox"
          checked={text === "true"}
          aria-describedby={common["aria-describedby"]}
          onChange={(event) => onText(String(event.currentTarget.checked))}
        />
      ) : field.kind === "json" ? (
        <textarea
          {...common}
          rows={3}
          dir="ltr"
          className="mono"
          spellCheck={false}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      ) : (
        <input
          {...common}
          type={field.kind === "number" ? "number" : "text"}
          step={field.kind === "number" ? "any" : undefined}
          dir={field.kind === "path" ? "ltr" : "auto"}
          className={field.kind === "path" ? "mono" : undefined}
          spellCheck={field.kind === "path" ? false : undefined}
          autoComplete="off"
          placeholder={field.kind === "path" ? "~/code/project" : undefined}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      )}
      {field.description !== "" && (
        <p id={`${id}-about`} className="quiet small" dir="auto">
          {field.description}
        </p>
      )}
    </div>
  );
}
