/** The places that a narrow window has no room for, above the button that opens them. */
import { Link, useMatchRoute } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { RailPlace } from "./rail";
import styles from "./rail.module.css";

export function MorePlaces({ places }: { places: readonly RailPlace[] }) {
  const { t } = useTranslation();
  const isAt = useMatchRoute();
  const [open, setOpen] = useState(false);
  const all = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const here = places.find(({ to }) => isAt({ to, fuzzy: true }) !== false);
  const Icon = here?.icon ?? Ellipsis;
  const close = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      ref={all}
      role="group"
      aria-label={t("frame.more_places")}
      className={styles.more}
      onKeyDown={close}
      onBlur={(event) => {
        if (!all.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        className={styles.place}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-here={here !== undefined || undefined}
        onClick={() => setOpen(!open)}
      >
        <Icon size={20} strokeWidth={1.6} aria-hidden />
        {t(here?.label ?? "frame.more")}
        {here !== undefined && <span className="unseen">, {t("frame.more_places")}</span>}
      </button>
      {open && (
        <ul
          id={id}
          className={styles.menu}
          aria-label={t("frame.more_places")}
          // A press on a link must not take the focus first, or the menu would be gone before the click.
          onPointerDown={(event) => event.preventDefault()}
        >
          {places.map(({ to, icon: Each, label }) => (
            <li key={to}>
              <Link
                to={to}
                className={styles.entry}
                activeProps={{ "aria-current": "page" }}
                onClick={() => setOpen(false)}
              >
                <Each size={20} strokeWidth={1.6} aria-hidden />
                {t(label)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
