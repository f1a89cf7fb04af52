/** One message: what people and models say is read at once, what tools do is folded. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  Brain,
  ChevronRight,
  CircleX,
  CornerDownRight,
  Hourglass,
  Info,
  type LucideIcon,
  Minimize2,
  Terminal,
} from "lucide-react";
import { Fragment, type Ref, useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { MessageView, SessionView } from "../../backend/views";
import { Button } from "../../components/button";
import { type Span, spansOf } from "./kept-spans";
import styles from "./message-list.module.css";

interface MessageRowProps {
  id: SessionView["id"];
  position: number;
  /** Absent while it is fetched. */
  message: MessageView | undefined;
  named: boolean;
  /** Lines of a briefing that cite it. */
  kept: readonly string[] | undefined;
  top: number;
  ref: Ref<HTMLLIElement>;
}

const FOLDED: Partial<Record<MessageView["kind"], LucideIcon>> = {
  tool_call: Terminal,
  tool_result: CornerDownRight,
  thinking: Brain,
  meta: Info,
};

export function MessageRow({ id, position, message, named, kept, top, ref }: MessageRowProps) {
  const { t } = useTranslation();
  return (
    <li
      ref={ref}
      data-index={position}
      data-named={named || undefined}
      data-aside={message?.sidechain || undefined}
      className={styles.row}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Link
        to="/context/sessions/$id"
        params={{ id }}
        search={{ at: position }}
        replace
        className={styles.position}
        aria-label={t("context.message_link", { position })}
      >
        #{position}
      </Link>
      {message === undefined ? <i className={styles.bone} /> : <Body id={id} message={message} kept={kept} />}
    </li>
  );
}

interface BodyProps {
  id: SessionView["id"];
  message: MessageView;
  kept: readonly string[] | undefined;
}

function Body({ id, message, kept }: BodyProps) {
  const { t } = useTranslation();
  if (message.kind === "limit") {
    return (
      <p className={styles.mark} data-tone="warn">
        <Hourglass size={14} strokeWidth={1.75} aria-hidden />
        <span>
          {t("context.limit")} <bdi className="quiet">{message.text}</bdi>
        </span>
      </p>
    );
  }
  const icon = FOLDED[message.kind];
  if (icon !== undefined) return <Folded id={id} message={message} icon={icon} kept={kept !== undefined} />;
  return (
    <div className={styles.said} data-role={message.role}>
      <p className={styles.who}>
        {message.kind === "summary" ? (
          <>
            <Minimize2 size={12} aria-hidden /> {t("context.summary")}
          </>
        ) : (
          t(`context.${message.role}`)
        )}
        {message.sidechain && <span className={styles.aside}>{t("context.aside")}</span>}
      </p>
      <Text id={id} message={message} kept={kept} />
    </div>
  );
}

function Folded({
  id,
  message,
  icon: Icon,
  kept,
}: {
  id: SessionView["id"];
  message: MessageView;
  icon: LucideIcon;
  kept: boolean;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  // Of a call the core says what tells it from others; the rest is told by its first line.
  const isCall = message.kind === "tool_call";
  const line = isCall
    ? (message.gist ?? "")
    : (message.text.split("\n").find((each) => each.trim() !== "") ?? "");
  const name = message.kind === "thinking" ? t("context.thinking") : (message.tool ?? "");
  return (
    <div className={styles.folded}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={14} data-open={open || undefined} className="mirror" aria-hidden />
        <Icon size={14} strokeWidth={1.75} aria-hidden />
        <span className={styles.gist} data-kept={kept || undefined}>
          {name !== "" && (isCall || !line.startsWith(name)) && <b>{name}</b>}
          {/* Its own direction: what is cut is its end, also where the page runs the other way. */}
          <bdi dir="auto">{line}</bdi>
        </span>
        {message.error && (
          <span className={styles.failed} data-tone="bad">
            <CircleX size={12} aria-hidden /> {t("context.failed")}
          </span>
        )}
        {message.sidechain && <span className={styles.aside}>{t("context.aside")}</span>}
        <span className={styles.tokens}>{t("context.tokens_count", { count: message.tokens })}</span>
      </button>
      {open && <Text id={id} message={message} exactly />}
    </div>
  );
}

/** A long text comes whole when it is asked for. */
function Text({
  id,
  message,
  kept,
  exactly = false,
}: {
  id: SessionView["id"];
  message: MessageView;
  kept?: readonly string[] | undefined;
  exactly?: boolean;
}) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const { data } = useQuery({ ...useQueries().message(id, message.position), enabled: whole });
  const text = data?.items.find((each) => each.position === message.position)?.text ?? message.text;
  const spans = kept === undefined ? [] : spansOf(text, kept);
  return (
    <>
      <div
        className={exactly ? styles.exactly : styles.text}
        data-kept={(kept !== undefined && spans.length === 0) || undefined}
        dir="auto"
      >
        {spans.length === 0 ? text : <Marked text={text} spans={spans} />}
      </div>
      {message.cut && data === undefined && (
        <Button small disabled={whole} onClick={() => setWhole(true)}>
          {t("context.whole")}
        </Button>
      )}
    </>
  );
}

/** What a briefing kept word for word, in its place. */
function Marked({ text, spans }: { text: string; spans: readonly Span[] }) {
  return (
    <>
      {spans.map(({ from, to }, nth) => (
        <Fragment key={from}>
          {text.slice(spans[nth - 1]?.to ?? 0, from)}
          <mark className={styles.kept}>{text.slice(from, to)}</mark>
        </Fragment>
      ))}
      {text.slice(spans.at(-1)?.to ?? 0)}
    </>
  );
}
