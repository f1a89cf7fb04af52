/** Fetches a capsule that the core made, piece by piece, and gives it to the browser to keep. */
import { giveFile } from "../lib/give-file";
import type { Transport } from "./transport";

export async function download(
  transport: Transport,
  id: string,
  name: string,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (let offset: number | null = 0; offset !== null; ) {
    const answer: { data: string; next: number | null } = await transport.call("capsules.download", {
      id,
      offset,
    });
    const piece = Uint8Array.from(atob(answer.data), (letter) => letter.charCodeAt(0));
    pieces.push(piece);
    bytes += piece.length;
    onProgress(bytes);
    offset = answer.next;
  }
  giveFile(name, new Blob(pieces, { type: "application/zip" }));
}
