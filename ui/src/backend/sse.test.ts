import { describe, expect, it } from "vitest";
import { EventStreamParser, type ServerEvent } from "./sse";

const encoder = new TextEncoder();

const stream = [
  ": open\n\n",
  'id: 7\nevent: progress\ndata: {"tags":["executions"]}\n\n',
  "data: one\r\ndata: two\r\n\r\n",
  "id:8\ndata:ohne Leerzeichen, ümläut, שלום, 🐙\r\r",
  ": still here\n\n",
  "event: change\nunknown: field\ndata\n\n",
  "event: dropped without data\n\n",
  "data: never finished",
].join("");

const events: ServerEvent[] = [
  { id: "7", event: "progress", data: '{"tags":["executions"]}' },
  { id: null, event: "message", data: "one\ntwo" },
  { id: "8", event: "message", data: "ohne Leerzeichen, ümläut, שלום, 🐙" },
  { id: null, event: "change", data: "" },
];

describe("EventStreamParser", () => {
  it("says the same for every cut of the bytes in two", () => {
    const bytes = encoder.encode(stream);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const parser = new EventStreamParser();
      const seen = [...parser.push(bytes.slice(0, cut)), ...parser.push(bytes.slice(cut))];
      expect(seen, `cut at ${cut}`).toEqual(events);
    }
  });

  it("says the same byte by byte", () => {
    const parser = new EventStreamParser();
    expect([...encoder.encode(stream)].flatMap((byte) => parser.push(new Uint8Array([byte])))).toEqual(
      events,
    );
  });

  it("ignores an id that holds a null, as the standard says", () => {
    expect(new EventStreamParser().push(encoder.encode("id: 1\0\ndata: x\n\n"))).toEqual([
      { id: null, event: "message", data: "x" },
    ]);
  });
});
