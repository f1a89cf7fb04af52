import { expect, it } from "vitest";
import { Problem } from "./problem";

it("says what went wrong and what can be done as sentences, and a field by its label only", () => {
  const wrong = new Problem("bad_input", "field `cap`: expected an amount", "Write it as 12.50", 400);
  expect(wrong.field).toBe("cap");
  expect(wrong.said).toBe("expected an amount. Write it as 12.50");
  expect(wrong.sentences).toBe("field `cap`: expected an amount. Write it as 12.50");
  const ended = new Problem("disk_full", "no room is left.", "Make room.", 507);
  expect(ended.sentences).toBe("no room is left. Make room.");
  expect(new Problem("x", "it is gone").said).toBe("it is gone");
});
