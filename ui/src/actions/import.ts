/** The way to bring files in from anywhere; its provider stands in the frame. */
import { createContext, useContext } from "react";

/** A file as a page has it, or the path of one on this machine. */
export type Dropped = File | string;

/** Takes paths that were dropped, where they are its own. */
export type Taker = (paths: readonly string[]) => boolean;

export interface Import {
  /** The files go to the project; null: where the folders of their sessions say. */
  take(files: readonly Dropped[], project: string | null): void;
  /** A place that takes some files itself is asked first, until the function that it gives back is called. */
  claim(taker: Taker): () => void;
  busy: boolean;
}

export const ImportContext = createContext<Import>({
  take: () => undefined,
  claim: () => () => undefined,
  busy: false,
});

export const useImport = (): Import => useContext(ImportContext);
