/** One field of an account's form under its name, with what was wrong with it. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import type { Problem } from "../../backend/problem";
import look from "../../components/form.module.css";

/** What the control itself needs to be named and, where it is wrong, to say why. */
export interface FieldProps {
  id: string;
  name: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

interface AccountFieldProps {
  name: string;
  label: string;
  hint?: ReactNode;
  problem: Problem | null;
  children(props: FieldProps): ReactNode;
}

export function AccountField({ name, label, hint, problem, children }: AccountFieldProps) {
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const wrong = problem?.field === name ? problem : null;
  // Whoever sent the form is taken to what they have to change.
  useEffect(() => {
    if (wrong !== null) row.current?.querySelector<HTMLElement>("input, select")?.focus();
  }, [wrong]);
  const said = `${id}-said`;
  return (
    <div ref={row} className={look.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        name,
        ...(wrong === null ? {} : { "aria-invalid": true }),
        ...(wrong === null && hint === undefined ? {} : { "aria-describedby": said }),
      })}
      {wrong !== null ? (
        <span id={said} className="small" role="alert" data-tone="bad" dir="auto">
          {wrong.said}
        </span>
      ) : (
        hint !== undefined && (
          <span id={said} className="small quiet">
            {hint}
          </span>
        )
      )}
    </div>
  );
}
