/**
 * English of places that are not on the first screen: a screen that needs it imports this file, so that
 * it comes with the screen. The files of the other languages are whole.
 */
import i18next from "i18next";
import late from "./en-late.json";

i18next.addResourceBundle("en", "app", late, true, false);
