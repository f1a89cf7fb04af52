/** The filters of the query as chips: three that are often wanted, and each other one that stands in it. */
import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Exact } from "../../components/exact";
import { type Filter, filtersOf, withFilter, without } from "./query-text";
import styles from "./search-screen.module.css";

const roles = ["user", "assistant", "tool"] as const;

interface SearchChipsProps {
  query: string;
  onChange(query: string): void;
}

export function SearchChips({ query, onChange }: SearchChipsProps) {
  const { t } = useTranslation();
  const filters = filtersOf(query);
  const roleOf = (role: string) => filters.find(({ key, value }) => key === "role" && value === role);
  const others = filters.filter(({ key, value }) => key !== "role" || !roles.some((role) => role === value));
  return (
    <div className={styles.chips} role="group" aria-label={t("search.filters")}>
      {roles.map((role) => {
        const there = roleOf(role);
        return (
          <button
            key={role}
            type="button"
            className={styles.chip}
            aria-pressed={there !== undefined}
            onClick={() => onChange(there ? without(query, there) : withFilter(query, "role", role))}
          >
            {t(`search.role_${role}`)}
          </button>
        );
      })}
      {others.map((filter) => (
        <Chip key={filter.text} filter={filter} onRemove={() => onChange(without(query, filter))} />
      ))}
    </div>
  );
}

function Chip({ filter, onRemove }: { filter: Filter; onRemove(): void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className={styles.chip}
      aria-label={t("search.without", { filter: `${filter.key}: ${filter.value}` })}
      aria-pressed
      onClick={onRemove}
    >
      {t(`search.${filter.key}`)}{" "}
      <bdi dir="auto">
        <Exact text={filter.value} />
      </bdi>
      <X size={12} strokeWidth={2} aria-hidden />
    </button>
  );
}
