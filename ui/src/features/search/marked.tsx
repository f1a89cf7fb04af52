/** A piece of a text with what was looked for marked. The core counts the marks in characters. */
import { Exact } from "../../components/exact";
import styles from "./search-screen.module.css";

interface MarkedProps {
  text: string;
  marks: readonly (readonly number[])[];
}

export function Marked({ text, marks }: MarkedProps) {
  const letters = [...text];
  const piece = (from: number, to: number) => letters.slice(from, to).join("");
  let done = 0;
  const parts = marks.map(([from = 0, to = 0]) => {
    const before = piece(done, from);
    done = to;
    return { from, before, found: piece(from, to) };
  });
  return (
    <>
      {parts.map(({ from, before, found }) => (
        <span key={from}>
          <Exact text={before} />
          <mark className={styles.found}>
            <Exact text={found} />
          </mark>
        </span>
      ))}
      <Exact text={piece(done, letters.length)} />
    </>
  );
}
