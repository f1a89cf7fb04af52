/** What lies over the graph: what its lines mean, and how near the eye is. */
import { Panel, useReactFlow, useStore } from "@xyflow/react";
import { Maximize, Minus, Plus } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/button";
import type { GraphPlace } from "./graph-layout";
import { revealing, sightOf } from "./graph-sight";
import styles from "./graph-view.module.css";

const DURATION = 140;

export function GraphLegend({ begun }: { begun: boolean }) {
  const { t } = useTranslation();
  return (
    <Panel position="bottom-left" className={styles.legend ?? ""}>
      <span>
        <i className={styles.critical} aria-hidden />
        {t("timeline.critical")}
      </span>
      {begun && (
        <>
          <span>
            <i aria-hidden />
            {t("graph.done")}
          </span>
          <span>
            <i className={styles.todo} aria-hidden />
            {t("graph.not_reached")}
          </span>
        </>
      )}
    </Panel>
  );
}

export function GraphZoom() {
  const { t } = useTranslation();
  const { fitView, zoomIn, zoomOut } = useReactFlow();
  return (
    <Panel position="bottom-right" className={styles.zoom ?? ""}>
      <IconButton icon={Minus} label={t("graph.out")} onClick={() => void zoomOut({ duration: DURATION })} />
      <IconButton
        icon={Maximize}
        label={t("graph.fit")}
        onClick={() => void fitView({ duration: DURATION, maxZoom: 1, padding: 0.06 })}
      />
      <IconButton icon={Plus} label={t("graph.in")} onClick={() => void zoomIn({ duration: DURATION })} />
    </Panel>
  );
}

interface GraphEyeProps {
  /** Other places: the view is chosen anew. Nothing else moves what a person has moved. */
  places: ReadonlyMap<string, GraphPlace>;
  /** What matters when the graph is first looked at. */
  focus: string | undefined;
  /** What must lie in sight, wherever the eye is. */
  chosen: string | undefined;
}

export function GraphEye({ places, focus, chosen }: GraphEyeProps) {
  const { setViewport, getViewport } = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const seen = useRef<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves while it runs; the eye does not follow it.
  useEffect(() => {
    if (width === 0 || height === 0 || places.size === 0) return;
    const box = { width, height };
    const card = chosen === undefined ? undefined : places.get(chosen);
    if (seen.current !== places) {
      seen.current = places;
      const first = card ?? (focus === undefined ? undefined : places.get(focus));
      void setViewport(sightOf([...places.values()], box, first));
    } else if (card !== undefined) {
      const now = getViewport();
      const next = revealing(card, box, now);
      if (next.x !== now.x || next.y !== now.y) void setViewport(next, { duration: DURATION });
    }
  }, [places, chosen, width, height]);
  return null;
}
