/** Sends a file to the core in pieces, so that its size does not matter. */
import type { Transport } from "./transport";
import type { ImportView } from "./views";

/** Bytes of one piece; base64 makes four of three, and the core reads bodies of up to 10 MiB. */
const PIECE = 3 * 1024 * 1024;

/** Sends a transcript and has it imported. */
export async function upload(
  transport: Transport,
  file: File,
  project: string | null,
  onProgress: (share: number) => void,
): Promise<ImportView> {
  const { imported } = await send(transport, file, onProgress, { project, imports: true });
  if (imported === null) throw new Error("the core did not say what came in");
  return imported;
}

/** Sends a file and leaves it where the core puts it; the name under which it is found there. */
export async function leave(
  transport: Transport,
  file: File,
  onProgress: (share: number) => void,
): Promise<string> {
  const { id } = await send(transport, file, onProgress, { project: null, imports: false });
  return id;
}

async function send(
  transport: Transport,
  file: File,
  onProgress: (share: number) => void,
  { project, imports }: { project: string | null; imports: boolean },
): Promise<{ id: string; imported: ImportView | null }> {
  const id = crypto.randomUUID();
  for (let offset = 0; ; offset += PIECE) {
    const end = Math.min(offset + PIECE, file.size);
    const last = end >= file.size;
    const data = base64(new Uint8Array(await file.slice(offset, end).arrayBuffer()));
    const answer = await transport.call("imports.upload", {
      upload: id,
      name: file.name,
      offset,
      data,
      last: last && imports,
      project_id: project,
    });
    onProgress(file.size === 0 ? 1 : end / file.size);
    if (answer.imported !== null || last) return { id, imported: answer.imported };
  }
}

function base64(bytes: Uint8Array): string {
  let text = "";
  // A call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8_190) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_190));
  }
  return btoa(text);
}
