/** What a look through all that is stored came to: what was replaced, what was left, what is older. */
import { useTranslation } from "react-i18next";
import type { RescanView } from "../../backend/views";
import styles from "./data-screen.module.css";

type Found = NonNullable<RescanView["found"]>;

interface RescanFoundProps {
  found: Found;
  backups: string[];
  copies: string[];
}

export function RescanFound({ found, backups, copies }: RescanFoundProps) {
  const { t, i18n } = useTranslation();
  const kinds = Object.entries(found.secrets);
  const replaced = kinds.reduce((all, [, times]) => all + times, 0);
  const changed = found.changed_messages + found.records + found.changed_parts > 0;
  return (
    <div className={styles.told} data-found={replaced}>
      {replaced === 0 ? (
        <strong>{t("rescan.nothing")}</strong>
      ) : (
        <>
          <strong>{t("rescan.replaced", { count: replaced })}</strong>
          <ul className={styles.own}>
            {kinds.map(([kind, times]) => (
              <li key={kind}>
                <bdi className="mono">{kind}</bdi>{" "}
                <span className="quiet">{times.toLocaleString(i18n.language)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <span className="small quiet">
        {t("rescan.looked", { count: found.messages })} ·{" "}
        {t("rescan.changed", { count: found.changed_messages })} ·{" "}
        {t("rescan.sessions", { count: found.sessions })} ·{" "}
        {t("rescan.parts", { count: found.changed_parts })}
      </span>
      {found.kept_secrets > 0 && <span>{t("rescan.kept", { count: found.kept_secrets })}</span>}
      {found.lost_secrets > 0 && (
        <span>
          {t("rescan.lost", { count: found.lost_secrets })} <bdi>{found.lost_because}</bdi>
        </span>
      )}
      {found.missing_keys > 0 && <span>{t("rescan.missing", { count: found.missing_keys })}</span>}
      <Left left={found.left} />
      {backups.length > 0 && <Names text={t("rescan.backups", { count: backups.length })} names={backups} />}
      {copies.length > 0 && <Names text={t("rescan.copies")} names={copies} />}
      {changed && <span>{t("rescan.capsules")}</span>}
    </div>
  );
}

function Left({ left }: { left: Found["left"] }) {
  const { t } = useTranslation();
  const more = left.more_logs > 0 ? [`+${left.more_logs}`] : [];
  return (
    <>
      {left.events > 0 && <Names text={t("rescan.events", { count: left.events })} names={left.executions} />}
      {left.results > 0 && <span>{t("rescan.results", { count: left.results })}</span>}
      {left.logs.length > 0 && <Names text={t("rescan.logs")} names={[...left.logs, ...more]} />}
      {left.playbooks.length > 0 && <Names text={t("rescan.playbooks")} names={left.playbooks} />}
      {left.unreadable > 0 && <span>{t("rescan.unreadable", { count: left.unreadable })}</span>}
      {left.log && <span>{t("rescan.log")}</span>}
    </>
  );
}

function Names({ text, names }: { text: string; names: string[] }) {
  return (
    <>
      <span>{text}</span>
      <ul className={styles.own}>
        {names.map((name) => (
          <li key={name}>
            <bdi className="mono">{name}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}
