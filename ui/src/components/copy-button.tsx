/** Puts a text on the clipboard and says so. */
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";

interface CopyButtonProps {
  text: string | (() => string);
  label?: string;
  /** Beside what it copies, where a frame would be too loud. */
  quiet?: boolean;
  /** Beside small buttons. */
  small?: boolean;
}

export function CopyButton({ text, label, quiet = false, small = quiet }: CopyButtonProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => {
    copyText(typeof text === "string" ? text : text()).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Button
      {...(small ? { small } : {})}
      tone={quiet ? "quiet" : "plain"}
      icon={copied ? Check : Copy}
      onClick={copy}
    >
      <span aria-live="polite">{copied ? t("action.copied") : (label ?? t("action.copy"))}</span>
    </Button>
  );
}

/** The clipboard of the page; where it is refused, a selection that the engine copies. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (thrown) {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("aria-hidden", "true");
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw thrown;
  }
}
