/** Gives the browser a file to keep under this name. */
export function giveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to keep it when this turn is over.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
