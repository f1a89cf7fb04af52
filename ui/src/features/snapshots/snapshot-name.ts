/** What a snapshot is called: as a person named it, or what Krake froze it before. */
import type { TFunction } from "i18next";
import type { SnapshotView } from "../../backend/views";

type Named = Pick<SnapshotView, "id" | "name" | "occasion">;

export function snapshotName({ name, occasion }: Named, t: TFunction): string {
  if (occasion === "handoff") return t("snapshots.before_handoff");
  if (occasion === "restore") return t("snapshots.before_restore", { name });
  return name === "" ? t("snapshots.unnamed") : name;
}

/** The same where several of the same name are told apart only by it. */
export function distinctSnapshotName(snapshot: Named, t: TFunction): string {
  const name = snapshotName(snapshot, t);
  const isGiven = snapshot.occasion === null && snapshot.name !== "";
  return isGiven ? name : `${name} ${snapshot.id.slice(-6)}`;
}
