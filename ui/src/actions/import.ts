/** The way to bring files in from anywhere; its provider stands in the frame. */
import { createContext, useContext } from "react";

export interface Import {
  /** The files go to the project; null: where the folders of their sessions say. */
  take(files: readonly File[], project: string | null): void;
  busy: boolean;
}

export const ImportContext = createContext<Import>({ take: () => undefined, busy: false });

export const useImport = (): Import => useContext(ImportContext);
