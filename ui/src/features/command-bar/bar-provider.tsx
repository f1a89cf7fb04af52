/** Opens the command bar over whatever screen is below. The bar itself is fetched when it is first opened. */
import { type ReactNode, Suspense, useMemo, useRef, useState } from "react";
import { bind } from "../../actions/action";
import { BarContext } from "../../actions/bar";
import { useHands, useShortcuts } from "../../actions/use-actions";
import { useApprovalIsOpen } from "../../actions/use-approval-is-open";
import { openBar, places } from "../../app/places";
import { part } from "../../components/part";
import { focusOn } from "../../lib/use-focus";

const CommandBar = part(() => import("./command-bar").then((file) => file.CommandBar));

export function BarProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<{ text: string; number: number } | null>(null);
  const [shown, setShown] = useState(false);
  const before = useRef<Element | null>(null);
  const close = () => {
    setShown(false);
    // Each opening is a bar of its own, so it is known here where the keys came from.
    requestAnimationFrame(() => focusOn(before.current));
  };
  const bar = useMemo(
    () => ({
      open: (text = "") => {
        before.current = document.activeElement;
        setOpened((last) => ({ text, number: (last?.number ?? 0) + 1 }));
        setShown(true);
      },
    }),
    [],
  );
  return (
    <BarContext value={bar}>
      {children}
      <BarKeys />
      {opened !== null && (
        <Suspense fallback={null}>
          <CommandBar key={opened.number} text={opened.text} open={shown} onClose={close} />
        </Suspense>
      )}
    </BarContext>
  );
}

/** An approval that lies over the screen has the keys for itself. */
function BarKeys() {
  const hands = useHands();
  useShortcuts(
    [openBar, ...places].map((action) => bind(action, null, hands)),
    !useApprovalIsOpen(),
  );
  return null;
}
