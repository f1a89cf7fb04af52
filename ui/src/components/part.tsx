/**
 * Parts of a screen that lie in files of their own.
 *
 * One that is here already is drawn at once. `lazy` alone would wait for a turn of the loop even
 * then, and React holds a fallback that was shown for 300 ms.
 */
import { type ComponentType, lazy, useState } from "react";

type Load<P> = () => Promise<ComponentType<P>>;

const parts: (() => Promise<unknown>)[] = [];

/** Draws the component when its file is here; needs a `Suspense` around it for the time before. */
export function part<P extends object>(load: Load<P>): ComponentType<P> {
  let here: ComponentType<P> | undefined;
  const get = async () => {
    here = await load();
    return { default: here };
  };
  const Late = lazy(get) as unknown as ComponentType<P>;
  parts.push(get);
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each file, where `lazy` would be.
  return function Part(props: P) {
    // Chosen once: a change of the type would draw everything anew.
    const [Chosen] = useState<ComponentType<P>>(() => here ?? Late);
    return <Chosen {...props} />;
  };
}

/** One after the other while nothing else is to do, so that no look waits for a file. */
export async function fetchParts(): Promise<void> {
  for (const get of parts) {
    await idle();
    // What cannot be fetched now is asked for again when it is looked at, and its error is shown there.
    await get().catch(() => undefined);
  }
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => resolve());
    else setTimeout(resolve, 50);
  });
}
