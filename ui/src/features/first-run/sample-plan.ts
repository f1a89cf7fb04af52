/** A plan that shows what an execution is, in ten seconds, and touches nothing outside of Krake. */
export const SAMPLE_PLAN = `name: sample
description: Three branches side by side, one question, one result. It touches nothing.
steps:
  - id: look
    name: Look around
    tool: wait
    args: { ms: 1500 }
  - id: count
    name: Count
    tool: wait
    args: { ms: 4000 }
    needs: [look]
  - id: compare
    name: Compare
    tool: wait
    args: { ms: 2500 }
    needs: [look]
  - id: sort
    name: Sort
    tool: wait
    args: { ms: 6000 }
  - id: result
    name: Put it together
    tool: text.template
    approval: always
    args:
      template: "{{ branches }} branches ran side by side, and a person said yes.\\n"
      values: { branches: 3 }
    needs: [count, compare, sort]
output:
  text: "\${{ steps.result.output.text }}"
`;
