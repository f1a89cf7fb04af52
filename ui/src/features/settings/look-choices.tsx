/** How Krake looks and speaks on this machine; each choice holds at once. */
import { useMantineColorScheme } from "@mantine/core";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, languages } from "../../i18n/i18n";
import styles from "./look-choices.module.css";

const schemes = ["auto", "light", "dark"] as const;

export function LookChoices() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Choices title={t("settings.theme")}>
        {schemes.map((scheme) => (
          <Choice key={scheme} chosen={scheme === colorScheme} onChoose={() => setColorScheme(scheme)}>
            {t(`settings.${scheme}`)}
          </Choice>
        ))}
      </Choices>
      <Choices title={t("settings.language")}>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Choice
            key={language}
            chosen={language === i18n.language}
            onChoose={() => void chooseLanguage(language)}
          >
            <span lang={language} dir="auto">
              {languages[language]}
            </span>
          </Choice>
        ))}
      </Choices>
    </>
  );
}

function Choices({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.choices}>
      <legend>{title}</legend>
      <div>{children}</div>
    </fieldset>
  );
}

interface ChoiceProps {
  chosen: boolean;
  onChoose(): void;
  children: ReactNode;
}

function Choice({ chosen, onChoose, children }: ChoiceProps) {
  return (
    <button type="button" aria-pressed={chosen} onClick={onChoose}>
      {chosen && <Check size={12} strokeWidth={2} aria-hidden />}
      {children}
    </button>
  );
}
