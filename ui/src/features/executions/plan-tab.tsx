/** The plan as text, version by version: who changed it, when, and what changed. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import type { ExecutionId } from "../../backend/views";
import { CopyButton } from "../../components/copy-button";
import { ExactValue } from "../../components/exact";
import { Ago } from "../../components/moment";
import { ErrorState, LoadingRows } from "../../components/place-state";
import { unifiedDiff } from "../../lib/line-diff";
import { Diff } from "../approval/diff";
import type { TabBody } from "./context-tab";
import styles from "./detail-tabs.module.css";

export function PlanTab({ id }: TabBody) {
  const { t } = useTranslation();
  const [version, setVersion] = useState<number | null>(null);
  const { data, isError, error, refetch } = useQuery(useQueries().plan(id, version));
  if (data === undefined) {
    return isError ? (
      <ErrorState error={error} onRetry={() => void refetch()} />
    ) : (
      <LoadingRows height={32} />
    );
  }
  const text = data.text;
  return (
    <>
      <div className={styles.versions}>
        {data.versions.map((each) => (
          <button
            key={each.version}
            type="button"
            aria-pressed={each.version === data.version}
            onClick={() => setVersion(each.version)}
          >
            <b>{t("detail.version", { number: each.version })}</b>{" "}
            <span className="quiet">
              <bdi>{each.by.name}</bdi>, <Ago at={each.at} />
            </span>
          </button>
        ))}
        <CopyButton text={text} quiet />
      </div>
      {data.version > 1 ? (
        <Changes id={id} version={data.version} text={text} />
      ) : (
        <div className={styles.plan}>
          <ExactValue value={text} />
        </div>
      )}
    </>
  );
}

/** Against the version before; the whole text stands in it. */
function Changes({ id, version, text }: { id: ExecutionId; version: number; text: string }) {
  const { data } = useQuery(useQueries().plan(id, version - 1));
  if (data === undefined) return <LoadingRows height={20} />;
  const diff = unifiedDiff(data.text, text);
  return diff === "" ? (
    <div className={styles.plan}>
      <ExactValue value={text} />
    </div>
  ) : (
    <Diff diff={diff} />
  );
}
