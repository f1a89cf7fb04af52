/** Why a form was not taken, where it stands: what was wrong and what can be done. */
import { TriangleAlert } from "lucide-react";
import type { Problem } from "../backend/problem";
import styles from "./problem-line.module.css";

export function ProblemLine({ problem }: { problem: Problem | null }) {
  if (problem === null) return null;
  return (
    <p className={styles.problem} role="alert" data-tone="bad" data-problem={problem.code}>
      <TriangleAlert size={16} strokeWidth={1.75} aria-hidden />
      <span dir="auto">{problem.sentences}</span>
    </p>
  );
}
