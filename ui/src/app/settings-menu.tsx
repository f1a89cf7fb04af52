/** Appearance and language, kept on this machine. */
import { Menu, useMantineColorScheme } from "@mantine/core";
import { Check, Languages, type LucideIcon, Monitor, Moon, Settings, ShieldCheck, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useHands } from "../actions/use-actions";
import { chooseLanguage, directionOf, type Language, languages } from "../i18n/i18n";
import styles from "./settings-menu.module.css";

const schemes: { value: "auto" | "light" | "dark"; icon: LucideIcon }[] = [
  { value: "auto", icon: Monitor },
  { value: "light", icon: Sun },
  { value: "dark", icon: Moon },
];

export function SettingsMenu({ className }: { className: string | undefined }) {
  const { t, i18n } = useTranslation();
  const { go } = useHands();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const side = directionOf(i18n.language) === "rtl" ? "left-end" : "right-end";
  return (
    <Menu
      position={side}
      offset={8}
      width={220}
      withinPortal
      classNames={{
        dropdown: styles.menu ?? "",
        item: styles.item ?? "",
        label: styles.label ?? "",
        divider: styles.divider ?? "",
      }}
    >
      <Menu.Target>
        <button type="button" className={className} data-action="settings.open">
          <Settings size={20} strokeWidth={1.6} aria-hidden />
          {t("frame.settings")}
        </button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t("frame.settings")}>
        <Menu.Item
          leftSection={<ShieldCheck size={16} strokeWidth={1.75} aria-hidden />}
          data-action="go.settings"
          onClick={() => go({ place: "settings" })}
        >
          {t("rules.place")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("settings.theme")}</Menu.Label>
        {schemes.map(({ value, icon }) => (
          <Choice
            key={value}
            icon={icon}
            chosen={colorScheme === value}
            onChoose={() => setColorScheme(value)}
          >
            {t(`settings.${value}`)}
          </Choice>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("settings.language")}</Menu.Label>
        {(Object.keys(languages) as Language[]).map((language) => (
          <Choice
            key={language}
            icon={Languages}
            chosen={i18n.language === language}
            onChoose={() => void chooseLanguage(language)}
          >
            <span lang={language} dir="auto">
              {languages[language]}
            </span>
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ChoiceProps {
  icon: LucideIcon;
  chosen: boolean;
  onChoose(): void;
  children: React.ReactNode;
}

function Choice({ icon: Icon, chosen, onChoose, children }: ChoiceProps) {
  return (
    <Menu.Item
      aria-current={chosen || undefined}
      leftSection={<Icon size={16} strokeWidth={1.75} aria-hidden />}
      rightSection={chosen ? <Check size={16} data-tone="well" aria-hidden /> : null}
      onClick={onChoose}
    >
      {children}
    </Menu.Item>
  );
}
