/** Below the view: what each step found, the measures, the trace and the plan. Its height is the person's. */
import { useLocalStorage } from "@mantine/hooks";
import { ChevronDown, ChevronUp } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { ExecutionDetail } from "../../backend/views";
import { IconButton } from "../../components/button";
import { part } from "../../components/part";
import { LoadingRows } from "../../components/place-state";
import styles from "./detail-tabs.module.css";
import { type Detail, details } from "./search";

const ContextTab = part(() => import("./context-tab").then((file) => file.ContextTab));
const MetricsTab = part(() => import("./metrics-tab").then((file) => file.MetricsTab));
const PlanTab = part(() => import("./plan-tab").then((file) => file.PlanTab));
const TraceTab = part(() => import("./trace-tab").then((file) => file.TraceTab));

const LEAST = 96;
const FIRST = 184;

interface DetailTabsProps {
  execution: ExecutionDetail;
  tab: Detail | undefined;
  onTab(tab: Detail): void;
  selected: string | undefined;
  onSelect(step: string | undefined): void;
}

export function DetailTabs({ execution, tab = "context", onTab, selected, onSelect }: DetailTabsProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useLocalStorage({ key: "krake.details.open", defaultValue: true });
  const [height, setHeight] = useLocalStorage({ key: "krake.details.height", defaultValue: FIRST });
  const choose = (next: Detail) => {
    setOpen(true);
    onTab(next);
  };
  const { id } = execution.execution;
  const body = { id, steps: execution.steps, selected, onSelect };
  return (
    <section className={styles.panel} data-open={open || undefined} aria-label={t("detail.label")}>
      {open && <Divider height={height} onHeight={setHeight} />}
      <header className={styles.bar}>
        <div role="tablist" aria-label={t("detail.label")} className={styles.tabs}>
          {details.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              id={`detail-${each}`}
              aria-selected={open && each === tab}
              aria-controls="detail-body"
              tabIndex={each === tab ? 0 : -1}
              data-detail={each}
              onClick={() => choose(each)}
              onKeyDown={(event) => walk(event, each, choose)}
            >
              {t(`detail.${each}`)}
              {each === "plan" && execution.plan_version > 1 && (
                <span className="faint small"> v{execution.plan_version}</span>
              )}
            </button>
          ))}
        </div>
        <IconButton
          icon={open ? ChevronDown : ChevronUp}
          label={open ? t("detail.fold") : t("detail.unfold")}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
      </header>
      {open && (
        <Body tab={tab} height={height}>
          <Suspense fallback={<LoadingRows height={32} />}>
            {tab === "context" && <ContextTab {...body} />}
            {tab === "metrics" && <MetricsTab {...body} />}
            {tab === "trace" && <TraceTab {...body} />}
            {tab === "plan" && <PlanTab {...body} />}
          </Suspense>
        </Body>
      )}
    </section>
  );
}

function Body({ tab, height, children }: { tab: Detail; height: number; children: ReactNode }) {
  return (
    <div
      id="detail-body"
      role="tabpanel"
      aria-labelledby={`detail-${tab}`}
      tabIndex={0}
      className={styles.body}
      style={{ height: `min(${height}px, 60dvh)` }}
    >
      {children}
    </div>
  );
}

/** The line above the panel moves by the pointer and by the arrow keys. */
function Divider({ height, onHeight }: { height: number; onHeight(height: number): void }) {
  const { t } = useTranslation();
  const set = (next: number) =>
    onHeight(Math.round(Math.min(window.innerHeight * 0.6, Math.max(LEAST, next))));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget;
    const from = event.clientY;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (moved) => set(height + from - moved.clientY);
    handle.onpointerup = () => {
      handle.onpointermove = null;
    };
  };
  return (
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={t("detail.height")}
      aria-valuenow={height}
      aria-valuemin={LEAST}
      tabIndex={0}
      className={styles.divider}
      onPointerDown={onPointerDown}
      onKeyDown={(event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        set(height + (event.key === "ArrowUp" ? 24 : -24));
      }}
    />
  );
}

function walk(event: KeyboardEvent, from: Detail, choose: (tab: Detail) => void): void {
  const rtl = document.documentElement.dir === "rtl";
  const by = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const next = details[(details.indexOf(from) + by + details.length) % details.length] ?? from;
  choose(next);
  document.getElementById(`detail-${next}`)?.focus();
}
