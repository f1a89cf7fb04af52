/** One field of a project's form: a line or several, under its name. */
import { useId } from "react";
import look from "../../components/form.module.css";

interface FieldProps {
  label: string;
  hint?: string;
  text: string;
  onText(text: string): void;
  placeholder?: string | undefined;
  required?: boolean;
  isPath?: boolean;
  rows?: number;
}

export function ProjectField({ label, hint, text, onText, placeholder, required, isPath, rows }: FieldProps) {
  const id = useId();
  const shared = { id, value: text, placeholder, required, dir: isPath ? "ltr" : "auto" };
  return (
    <div className={look.field}>
      <label htmlFor={id}>
        {label}
        {hint !== undefined && <span className="quiet small"> {hint}</span>}
      </label>
      {rows === undefined ? (
        <input
          {...shared}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onText(event.target.value)}
        />
      ) : (
        <textarea {...shared} rows={rows} onChange={(event) => onText(event.target.value)} />
      )}
    </div>
  );
}
