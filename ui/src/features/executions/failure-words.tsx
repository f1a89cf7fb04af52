/** A failure in plain words: what kind it is, then what exactly was wrong. */
import { useTranslation } from "react-i18next";
import type { FailureView } from "../../backend/views";
import { Quoted } from "../../components/exact";
import styles from "./failure-words.module.css";

export function FailureWords({ failure }: { failure: FailureView }) {
  const { t } = useTranslation();
  return (
    <p className={styles.words} dir="auto">
      <b data-tone="bad">{t(`failure.${failure.class}`)}.</b>{" "}
      <bdi>
        <Quoted text={failure.message} />
      </bdi>
    </p>
  );
}
