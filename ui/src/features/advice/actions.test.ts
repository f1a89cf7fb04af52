import { expect, it } from "vitest";
import { planOf } from "./actions";

it("makes a plan of commands in which nothing is a reference but the folder", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the language of plans.
  const plan = JSON.parse(planOf(["cargo fmt", "echo ${{ secrets }} | cat"]));
  expect(plan.steps.map((step: { needs?: string[] }) => step.needs)).toEqual([undefined, ["step_1"]]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the language of plans.
  expect(plan.steps[0].args).toEqual({ root: "${{ inputs.path }}", argv: ["sh", "-c", "cargo fmt"] });
  expect(plan.steps[1].args.argv[2]).not.toContain("${{");
});
