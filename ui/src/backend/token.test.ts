import { afterEach, expect, it } from "vitest";
import { findToken, takeTokenFromAddress } from "./token";

afterEach(() => window.history.replaceState(null, "", "/"));

it("moves from the fragment to this tab and leaves the address", () => {
  window.history.replaceState(null, "", "/inbox?selected=apr_1#token=s3cret");
  takeTokenFromAddress();
  expect(findToken()).toBe("s3cret");
  expect(window.location.href).not.toContain("s3cret");
  expect(window.location.pathname + window.location.search + window.location.hash).toBe(
    "/inbox?selected=apr_1",
  );
});

it("keeps the rest of the fragment and an older token", () => {
  window.history.replaceState(null, "", "/#token=one&line=4");
  takeTokenFromAddress();
  expect(window.location.hash).toBe("#line=4");
  window.history.replaceState(null, "", "/#line=5");
  takeTokenFromAddress();
  expect(findToken()).toBe("one");
  expect(window.location.hash).toBe("#line=5");
});

it("is not remembered beyond the tab", () => {
  window.history.replaceState(null, "", "/#token=s3cret");
  takeTokenFromAddress();
  expect(window.localStorage.length).toBe(0);
});
