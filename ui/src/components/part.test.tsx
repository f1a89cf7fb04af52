import { render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { expect, it } from "vitest";
import { fetchParts, part } from "./part";

const load = async () => () => <p>here</p>;

it("waits for its file when nobody fetched it", async () => {
  const Late = part(load);
  render(
    <Suspense fallback={<p>wait</p>}>
      <Late />
    </Suspense>,
  );
  expect(screen.getByText("wait")).toBeTruthy();
  expect(await screen.findByText("here")).toBeTruthy();
});

it("is drawn at once when its file was fetched before", async () => {
  const Early = part(load);
  await fetchParts();
  render(
    <Suspense fallback={<p>wait</p>}>
      <Early />
    </Suspense>,
  );
  expect(screen.queryByText("wait")).toBeNull();
  expect(screen.getByText("here")).toBeTruthy();
});
