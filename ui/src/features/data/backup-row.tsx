/** One backup: when and why it was made, how large it is, back to it or away with it. */
import { History, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { BackupsView } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import { Ago } from "../../components/moment";
import { size } from "../../lib/size";
import styles from "./data-screen.module.css";

interface BackupRowProps {
  backup: BackupsView["items"][number];
  busy: boolean;
  onRestore(): void;
  onRemove(): void;
}

const WHYS = ["schedule", "hand", "restore"] as const;

export function BackupRow({ backup, busy, onRestore, onRemove }: BackupRowProps) {
  const { t, i18n } = useTranslation();
  const why = WHYS.find((each) => each === backup.why);
  return (
    <li data-backup={backup.name}>
      <span className={styles.what}>
        <Ago at={backup.made_at} />
        <span className="small quiet">
          {backup.is_damaged ? t("data.damaged") : why === undefined ? backup.why : t(`data.by_${why}`)} ·{" "}
          {size(backup.bytes, i18n.language)} · <bdi className="mono">{backup.name}</bdi>
        </span>
      </span>
      {!backup.is_damaged && (
        <Button small icon={History} disabled={busy} data-action="backup.ask" onClick={onRestore}>
          {t("data.restore")}
        </Button>
      )}
      <IconButton
        icon={Trash2}
        label={t("data.remove", { name: backup.name })}
        disabled={busy}
        onClick={onRemove}
      />
    </li>
  );
}
