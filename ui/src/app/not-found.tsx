/** An address that leads nowhere, with a way back. */
import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { PlaceState } from "../components/place-state";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <PlaceState icon={Compass} title={t("frame.not_found")} text={t("frame.not_found_next")}>
      <Link to="/executions">{t("frame.to_executions")}</Link>
    </PlaceState>
  );
}
