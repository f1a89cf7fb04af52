/** The way to the command bar from anywhere; its provider stands in the frame. */
import { createContext, useContext } from "react";

export interface Bar {
  open(text?: string): void;
}

export const BarContext = createContext<Bar>({ open: () => undefined });

export const useBar = (): Bar => useContext(BarContext);
