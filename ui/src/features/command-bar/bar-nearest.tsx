/** Playbooks that come near to what was asked, each with a sentence that would have been understood. */
import { ListChecks } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlanProposal } from "../../backend/views";
import { Exact } from "../../components/exact";
import styles from "./command-bar.module.css";

interface BarNearestProps {
  nearest: PlanProposal["nearest"];
  onPlaybook(name: string): void;
}

export function BarNearest({ nearest, onPlaybook }: BarNearestProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("bar.nearest")}>
      <h3 className={styles.group}>{t("bar.nearest")}</h3>
      <ul>
        {nearest.map((near) => (
          <li key={near.playbook}>
            <button
              type="button"
              className={styles.near}
              data-near={near.playbook}
              onClick={() => onPlaybook(near.playbook)}
            >
              <ListChecks size={16} strokeWidth={1.75} aria-hidden />
              <span>
                <b>
                  <bdi>{near.playbook}</bdi>
                </b>{" "}
                <span className="quiet" dir="auto">
                  <Exact text={near.description} />
                </span>
                {near.example !== "" && (
                  <q className="small faint" dir="auto">
                    <Exact text={near.example} />
                  </q>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
