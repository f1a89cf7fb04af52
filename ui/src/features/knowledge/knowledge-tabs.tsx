/** The categories in use, with how many entries each has. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useQueries } from "../../backend/use-backend";
import { Category } from "../../components/category";
import styles from "./knowledge-screen.module.css";

export function KnowledgeTabs({ category }: { category: string | undefined }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(useQueries().knowledgeCategories());
  const items = data?.items ?? [];
  if (items.length < 2 && category === undefined) return null;
  const number = new Intl.NumberFormat(i18n.language);
  return (
    <nav className={styles.tabs} aria-label={t("knowledge.categories")}>
      <Link
        to="/knowledge"
        search={(now) => ({ q: now.q })}
        data-chosen={category === undefined || undefined}
      >
        {t("executions.all")}
      </Link>
      {items.map((item) => (
        <Link
          key={item.category}
          to="/knowledge"
          search={(now) => ({ q: now.q, category: item.category })}
          data-chosen={category === item.category || undefined}
        >
          <bdi dir="auto">
            <Category of={item.category} />
          </bdi>
          <span className="faint num">{number.format(item.count)}</span>
        </Link>
      ))}
    </nav>
  );
}
