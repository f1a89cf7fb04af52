import { expect, it } from "vitest";
import { begun, filtersOf, withFilter, without } from "./query-text";

it("finds the filters of a query, takes them out and puts them in", () => {
  const query = 'cart role:user project:"my app" http://x before:2026';
  const filters = filtersOf(query);
  expect(filters.map(({ key, value }) => `${key}=${value}`)).toEqual([
    "role=user",
    "project=my app",
    "before=2026",
  ]);
  const [, project] = filters;
  if (project === undefined) throw new Error("no filter");
  expect(without(query, project)).toBe("cart role:user http://x before:2026");
  expect(without("cart", project)).toBe("cart");
  expect(withFilter("cart", "project", 'my "app"')).toBe('cart project:"my  app "');
  expect(withFilter("", "role", "tool")).toBe("role:tool");
  expect(withFilter("role:tool x", "role", "tool")).toBe("role:tool x");
});

it("takes the last word as begun, but no filter and no closed phrase", () => {
  expect(begun("the han")).toBe("the han*");
  expect(begun("הקר")).toBe("הקר*");
  for (const whole of ["the han ", '"the han"', "role:user", "-han", "ha", ""])
    expect(begun(whole)).toBe(whole);
});
