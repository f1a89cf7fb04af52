/** One kept secret without its words: what it is, where it was found, and the ways to it and away from it. */
import { Link } from "@tanstack/react-router";
import { Eye, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { KeptSecretView } from "../../backend/views";
import { Button, IconButton } from "../../components/button";
import { Ago } from "../../components/moment";
import styles from "./data-screen.module.css";

interface SecretRowProps {
  secret: KeptSecretView;
  /** How many of those listed share its token. */
  twins: number;
  busy: boolean;
  onShow(): void;
  onForget(): void;
}

export function SecretRow({ secret, twins, busy, onShow, onForget }: SecretRowProps) {
  const { t } = useTranslation();
  return (
    <li data-secret={secret.id}>
      <span className={styles.what}>
        <bdi className="mono" dir="ltr">
          {secret.token}
        </bdi>
        <span className="small quiet">
          <Ago at={secret.found_at} />
          {secret.session_id !== null && (
            <>
              {" · "}
              <Link to="/context/sessions/$id" params={{ id: secret.session_id }} search={{}}>
                <bdi>{secret.session_title ?? t("secrets.session")}</bdi>
              </Link>
            </>
          )}
        </span>
        {twins > 1 && <span className="small quiet">{t("secrets.twins")}</span>}
      </span>
      <Button small icon={Eye} disabled={busy} data-action="secrets.ask" onClick={onShow}>
        {t("secrets.show")}
      </Button>
      <IconButton
        icon={Trash2}
        label={t("secrets.forget", { token: secret.token })}
        disabled={busy}
        onClick={onForget}
      />
    </li>
  );
}
