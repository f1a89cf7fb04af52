/** Buttons: plain ones, links that look like them, and those made from an action with its icon, word and keys. */
import { createLink } from "@tanstack/react-router";
import type { LucideIcon } from "lucide-react";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../actions/action";
import { ariaKeys } from "../actions/shortcut";
import { useRun } from "../actions/use-actions";
import styles from "./button.module.css";
import { Keys } from "./keys";

type Tone = "plain" | "go" | "quiet" | "accent";

interface ButtonProps extends ComponentPropsWithRef<"button"> {
  tone?: Tone;
  icon?: LucideIcon;
  small?: boolean;
  children: ReactNode;
}

export function Button({ tone = "plain", icon: Icon, small, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`${styles.button} ${className ?? ""}`}
      data-look={tone}
      data-small={small}
      {...rest}
    >
      {Icon !== undefined && <Icon size={16} strokeWidth={1.75} aria-hidden />}
      {children}
    </button>
  );
}

interface AnchorProps extends ComponentPropsWithRef<"a"> {
  tone?: Tone;
  icon?: LucideIcon;
  small?: boolean;
}

function Anchor({ tone = "plain", icon: Icon, small, children, className, ...rest }: AnchorProps) {
  return (
    <a className={`${styles.button} ${className ?? ""}`} data-look={tone} data-small={small} {...rest}>
      {Icon !== undefined && <Icon size={16} strokeWidth={1.75} aria-hidden />}
      {children}
    </a>
  );
}

/** A way to another place that looks like a button. */
export const ButtonLink = createLink(Anchor);

interface ActionButtonProps {
  action: BoundAction;
  tone?: Tone;
  small?: boolean;
  /** Draw the keys beside the word. */
  keys?: boolean;
  /** Draw the icon. */
  icon?: boolean;
  /** Another word than the action's own, where the place knows a better one. */
  word?: string;
}

export function ActionButton({ action, tone, small, keys = false, icon = true, word }: ActionButtonProps) {
  const { t } = useTranslation();
  const run = useRun();
  const shortcut = action.shortcut;
  return (
    <Button
      {...(tone === undefined ? {} : { tone })}
      {...(small === undefined ? {} : { small })}
      {...(icon ? { icon: action.icon } : {})}
      disabled={!action.enabled}
      data-action={action.id}
      aria-keyshortcuts={shortcut === undefined ? undefined : ariaKeys(shortcut)}
      onClick={() => run(action)}
    >
      {word ?? t(action.label)}
      {keys && shortcut !== undefined && <Keys shortcut={shortcut} />}
    </Button>
  );
}

interface IconButtonProps extends ComponentPropsWithRef<"button"> {
  icon: LucideIcon;
  /** Its name for those who do not see the icon, and on hover. */
  label: string;
}

export function IconButton({ icon: Icon, label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={`${styles.square} ${className ?? ""}`}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden />
    </button>
  );
}
