export function LogView(_: {
  executionId: string;
  selected: string | undefined;
  onSelect(step: string | undefined): void;
}) {
  return null;
}
