/** Whether the end of a long text has been on the screen. */
import { useEffect, useRef, useState } from "react";

export function useSeenToTheEnd() {
  const [seen, setSeen] = useState(false);
  const rootRef = useRef<HTMLElement>(null);
  const endRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const end = endRef.current;
    if (seen || end === null) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { root: rootRef.current },
    );
    watch.observe(end);
    return () => watch.disconnect();
  }, [seen]);
  return { seen, rootRef, endRef };
}
