/** A checked plan as an execution that has not begun, so that the same views draw it. */
import type { ExecutionDetail, PlanCheck, StepPreview, StepView } from "../../backend/views";

export function detailOf(execution: ExecutionDetail, look: PlanCheck): ExecutionDetail {
  return {
    ...execution,
    steps: look.preview.map(stepOf),
    waves: look.waves,
    critical_path: look.critical_path,
  };
}

function stepOf(step: StepPreview): StepView {
  return {
    id: step.id,
    name: step.name,
    tool: step.tool,
    needs: step.needs,
    status: "pending",
    attempts: [],
    waits: [],
    started_at: null,
    ended_at: null,
    args: step.args,
    output: null,
    failure: null,
    because: step.because,
    approval_id: null,
    untrusted: false,
    critical: step.critical,
    alternative: null,
    instance_of: null,
    item: null,
    items: null,
    adopted: false,
  };
}
