import { expect, it } from "vitest";
import { amountText, partOf, typedAmount } from "./money";

it("writes amounts in the language and loses no digit", () => {
  expect(amountText("1234.5", "usd", "en")).toBe("1,234.50");
  expect(amountText("1234.5", "usd", "de")).toBe("1.234,50");
  expect(amountText("0.000001", "usd", "en")).toBe("0.000001");
  // A binary fraction has no such number.
  expect(amountText("900719925474.099301", "usd", "en")).toBe("900,719,925,474.099301");
  expect(amountText("200000", "tokens", "en")).toBe("200,000");
});

it("takes what people type and refuses what is no amount", () => {
  expect(typedAmount(" 5 ")).toBe("5");
  expect(typedAmount("0,25")).toBe("0.25");
  for (const wrong of ["", "-1", "1e3", "1.2.3", "1,000.5", "five", "0.1234567"])
    expect(typedAmount(wrong)).toBeNull();
});

it("is a part between nothing and all", () => {
  expect(partOf("1", "4")).toBe(0.25);
  expect(partOf("9", "4")).toBe(1);
  expect(partOf("1", "0")).toBe(0);
});
