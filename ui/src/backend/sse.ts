/**
 * Event streams as the HTML standard defines them ("9.2.6 Interpreting an event stream"), for `fetch`.
 *
 * `EventSource` cannot send a token in a header, so the bytes are read by hand. The parser is fed
 * pieces cut anywhere, even inside a line break or a character, and says the same whatever the cuts.
 */
export interface ServerEvent {
  /** The sequence number in the journal; absent for logs and partial output. */
  id: string | null;
  event: string;
  data: string;
}

export class EventStreamParser {
  private readonly decoder = new TextDecoder();
  private rest = "";
  private afterReturn = false;
  private data: string[] = [];
  private event = "";
  private id: string | null = null;

  /** Takes the next bytes and returns the events that they complete. */
  push(bytes: Uint8Array): ServerEvent[] {
    const events: ServerEvent[] = [];
    for (const line of this.lines(this.decoder.decode(bytes, { stream: true }))) {
      const event = this.take(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  /** Complete lines; a line ends with CR, LF or both, and the pair may be cut in two. */
  private lines(piece: string): string[] {
    const lines: string[] = [];
    let text = this.rest + piece;
    if (this.afterReturn && text.length > 0) {
      this.afterReturn = false;
      if (text.startsWith("\n")) text = text.slice(1);
    }
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at];
      if (char !== "\n" && char !== "\r") continue;
      lines.push(text.slice(start, at));
      if (char === "\r") {
        if (at + 1 === text.length) this.afterReturn = true;
        else if (text[at + 1] === "\n") at += 1;
      }
      start = at + 1;
    }
    this.rest = text.slice(start);
    return lines;
  }

  private take(line: string): ServerEvent | null {
    if (line === "") return this.dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return null;
    const field = colon === -1 ? line : line.slice(0, colon);
    const raw = colon === -1 ? "" : line.slice(colon + 1);
    const value = raw.startsWith(" ") ? raw.slice(1) : raw;
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): ServerEvent | null {
    const { data, event, id } = this;
    this.data = [];
    this.event = "";
    this.id = null;
    if (data.length === 0) return null;
    return { id, event: event === "" ? "message" : event, data: data.join("\n") };
  }
}
