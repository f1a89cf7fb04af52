/** Prose by a model: chosen each time, shown before it is sent, and told line by line afterwards. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { PenLine, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TextKey } from "../../actions/action";
import { asProblem } from "../../backend/problem";
import { useBackend, useQueries } from "../../backend/use-backend";
import type { ProjectView, WrittenBriefing } from "../../backend/views";
import { Button } from "../../components/button";
import { ProblemLine } from "../../components/problem-line";
import styles from "./prose-pane.module.css";

/** Why a line of the model is not in the briefing. */
const reasons = {
  no_source: "handoff.why_no_source",
  unknown_source: "handoff.why_unknown_source",
  not_in_source: "handoff.why_not_in_source",
  turned_round: "handoff.why_turned_round",
  other_words: "handoff.why_other_words",
  no_room: "handoff.why_no_room",
} as const satisfies Record<Dropped["why"], TextKey>;

type Dropped = NonNullable<WrittenBriefing["model"]>["dropped"][number];

interface ProsePaneProps {
  project: ProjectView;
  budget: number;
  goal: string | undefined;
  /** Lost facts that a person put back. */
  wanted: readonly string[];
  written: WrittenBriefing | undefined;
  /** Lines of the model in the briefing that is shown. */
  inIt: number;
  onWritten(written: WrittenBriefing | undefined): void;
}

export function ProsePane(props: ProsePaneProps) {
  const { project, budget, goal, wanted, written, inIt, onWritten } = props;
  const { t } = useTranslation();
  const [on, setOn] = useState(written !== undefined);
  return (
    <div className={styles.prose}>
      <label className={styles.switch}>
        <input
          type="checkbox"
          role="switch"
          aria-checked={on}
          checked={on}
          onChange={(event) => {
            setOn(event.currentTarget.checked);
            if (!event.currentTarget.checked) onWritten(undefined);
          }}
        />
        {t("handoff.prose")}
        <span className="small faint">{t("handoff.prose_hint")}</span>
      </label>
      {on &&
        (written === undefined ? (
          <Ask project={project} budget={budget} goal={goal} wanted={wanted} onWritten={onWritten} />
        ) : (
          <Told written={written} inIt={inIt} onAgain={() => onWritten(undefined)} />
        ))}
    </div>
  );
}

interface AskProps {
  project: ProjectView;
  budget: number;
  goal: string | undefined;
  wanted: readonly string[];
  onWritten(written: WrittenBriefing): void;
}

/** Whom to ask, what is sent and what it costs. */
function Ask({ project, budget, goal, wanted, onWritten }: AskProps) {
  const { t, i18n } = useTranslation();
  const { transport } = useBackend();
  const [account, setAccount] = useState("auto");
  const accounts = useQuery(useQueries().accounts());
  const preview = useQuery(useQueries().prose(project.id, budget, goal, account));
  const write = useMutation({
    mutationFn: () =>
      transport.call("briefings.write", {
        project_id: project.id,
        budget,
        goal: goal ?? null,
        wanted: [...wanted],
        with: account,
      }),
    onSuccess: onWritten,
  });
  const usd = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 2 });
  const seen = preview.data;
  return (
    <>
      <select
        dir="auto"
        aria-label={t("handoff.writer")}
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
      >
        <option value="auto">{t("handoff.writer_auto")}</option>
        {accounts.data?.items
          .filter(({ is_called, status }) => is_called && status === "active")
          .map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
      </select>
      {preview.isError && <ProblemLine problem={asProblem(preview.error)} />}
      {seen !== undefined && (
        <>
          <p className="small quiet">
            <bdi>
              {t("handoff.would_ask", {
                account: seen.account.name,
                model: seen.account.model,
                place: seen.account.place,
              })}
            </bdi>{" "}
            {t("handoff.would_send", { count: seen.lines, tokens: seen.sent_tokens })}{" "}
            <b>
              {seen.usd === null || seen.most_usd === null
                ? t("handoff.price_unknown")
                : t("handoff.price", {
                    usd: usd.format(Number(seen.usd)),
                    most: usd.format(Number(seen.most_usd)),
                  })}
            </b>
          </p>
          <details>
            <summary>{t("handoff.what_is_sent")}</summary>
            <pre dir="ltr" tabIndex={0}>
              {seen.page}
              {"\n"}
              {seen.material}
            </pre>
          </details>
        </>
      )}
      {write.isError && <ProblemLine problem={asProblem(write.error)} />}
      <Button
        small
        tone="accent"
        icon={PenLine}
        disabled={seen === undefined || preview.isFetching || write.isPending}
        onClick={() => write.mutate()}
      >
        {write.isPending
          ? t("handoff.writing")
          : seen === undefined
            ? t("handoff.write")
            : t("handoff.write_with", { account: seen.account.name })}
      </Button>
    </>
  );
}

/** Who wrote, what of it stands in the briefing, and what does not. */
function Told({ written, inIt, onAgain }: { written: WrittenBriefing; inIt: number; onAgain(): void }) {
  const { t, i18n } = useTranslation();
  const percent = new Intl.NumberFormat(i18n.language, { style: "percent" });
  const { model, fault } = written;
  return (
    <>
      {model === null ? (
        <p role="status">
          <TriangleAlert size={14} strokeWidth={1.75} data-tone="warn" aria-hidden />{" "}
          {t("handoff.nobody_wrote", { why: fault ?? "" })}
        </p>
      ) : (
        <>
          <p role="status">
            <bdi>
              {t("handoff.wrote", {
                account: model.account.name,
                count: model.written,
                kept: inIt,
              })}
            </bdi>{" "}
            {!model.used &&
              t("handoff.not_used", {
                score: percent.format(model.score),
                offline: percent.format(model.offline_score),
              })}
          </p>
          {model.tried.map((tried) => (
            <p key={tried} className="small quiet">
              <bdi dir="auto">{t("handoff.tried", { account: tried })}</bdi>
            </p>
          ))}
          {model.dropped.length > 0 && (
            <details>
              <summary>{t("handoff.dropped_count", { count: model.dropped.length })}</summary>
              <ul>
                {model.dropped.map((line, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have no id, and their order is the answer's.
                  <li key={place}>
                    <bdi dir="auto">{line.text}</bdi>
                    <span className="small faint">{t(reasons[line.why], { what: line.what ?? "" })}</span>
                  </li>
                ))}
              </ul>
            </details>
          )}
        </>
      )}
      <Button small onClick={onAgain}>
        {t("handoff.again")}
      </Button>
    </>
  );
}
