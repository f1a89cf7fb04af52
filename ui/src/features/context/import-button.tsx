/** Chooses files to import. What can be dropped can be chosen as well. */
import { FileUp } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useImport } from "../../actions/import";
import { Button } from "../../components/button";

interface ImportButtonProps {
  /** Where everything goes; null: where the folders of the sessions say. */
  project: string | null;
}

export function ImportButton({ project }: ImportButtonProps) {
  const { t } = useTranslation();
  const { take, busy } = useImport();
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        aria-label={t("context.import")}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          take(files, project);
        }}
      />
      <Button
        icon={FileUp}
        data-action="import.choose"
        disabled={busy}
        onClick={() => chooser.current?.click()}
      >
        {t("context.import")}
      </Button>
    </>
  );
}
