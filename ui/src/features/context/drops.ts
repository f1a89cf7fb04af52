/** What is dragged over the window and dropped: files are taken, and nothing else is let to the web view. */

interface Hearers {
  /** Files are over the window, or no longer. */
  onOver(over: boolean): void;
  onFiles(files: readonly File[]): void;
  /** The system tells the window of files, and the page sees only their addresses. */
  systemTells: boolean;
}

/** Listens until the function that it gives back is called. */
export function listenToDrops({ onOver, onFiles, systemTells }: Hearers): () => void {
  // The web view of Linux does not say where the pointer goes when it leaves an element. What was
  // entered last is left only together with the window.
  let entered: EventTarget | null = null;
  const enter = (event: DragEvent) => {
    entered = event.target;
  };
  const over = (event: DragEvent) => {
    // A place of its own takes it.
    if (event.defaultPrevented) return onOver(false);
    const files = holdsFiles(event);
    if (!files && isWritable(event.target)) return;
    event.preventDefault();
    // Whoever drags is told whether it will be taken, and takes a no at its word.
    const mayBeFiles = files || (systemTells && holds(event, "text/uri-list"));
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = mayBeFiles ? "copy" : "none";
    // What the system tells is shown by what it tells.
    if (files || !systemTells) onOver(files);
  };
  const leave = (event: DragEvent) => {
    if (event.target === entered) onOver(false);
  };
  const drop = (event: DragEvent) => {
    onOver(false);
    if (event.defaultPrevented) return;
    const files = holdsFiles(event);
    if (!files && isWritable(event.target)) return;
    event.preventDefault();
    if (files) onFiles([...(event.dataTransfer?.files ?? [])]);
  };
  const stop = new AbortController();
  const { signal } = stop;
  window.addEventListener("dragenter", enter, { signal });
  window.addEventListener("dragover", over, { signal });
  window.addEventListener("dragleave", leave, { signal });
  window.addEventListener("drop", drop, { signal });
  return () => stop.abort();
}

const holds = (event: DragEvent, type: string) => event.dataTransfer?.types.includes(type) ?? false;
const holdsFiles = (event: DragEvent) => holds(event, "Files");

/** Text that is dropped there is written there, as everywhere. */
function isWritable(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("input, textarea, [contenteditable]:not([contenteditable=false])") !== null
  );
}
