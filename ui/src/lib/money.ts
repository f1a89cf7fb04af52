/** Amounts are decimal text on the wire and stay so: nothing of them goes through a binary fraction. */

/** An amount as the language writes it: USD with its cents, tokens without. */
export function amountText(amount: string, unit: "usd" | "tokens", language: string): string {
  const digits = unit === "usd" ? { minimumFractionDigits: 2, maximumFractionDigits: 6 } : {};
  return new Intl.NumberFormat(language, digits).format(amount as Intl.StringNumericLiteral);
}

/** What was typed as the wire wants it, with a comma for a point where people write one; else nothing. */
export function typedAmount(text: string): string | null {
  const plain = text.trim().replace(",", ".");
  return /^\d{1,12}(\.\d{1,6})?$/.test(plain) ? plain : null;
}

/** The part of the whole, from 0 to 1, for the width of a bar and nothing else. */
export function partOf(amount: string, whole: string): number {
  const most = Number(whole);
  return most > 0 ? Math.min(1, Number(amount) / most) : 0;
}
