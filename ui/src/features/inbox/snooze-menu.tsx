/** Until when it sleeps: a few moments to choose from, by keys or by the mouse. */
import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BoundAction } from "../../actions/action";
import { ariaKeys } from "../../actions/shortcut";
import { Button } from "../../components/button";
import { Keys } from "../../components/keys";
import { clock } from "../../components/moment";
import styles from "./snooze-menu.module.css";
import { snoozeTimes } from "./snooze-times";

interface SnoozeMenuProps {
  action: BoundAction;
  opened: boolean;
  /** When the chosen account resets, in milliseconds. */
  reset: number | null;
  onClose(): void;
  onChoose(at: number): void;
}

export function SnoozeMenu({ action, opened, reset, onClose, onChoose }: SnoozeMenuProps) {
  const { t, i18n } = useTranslation();
  return (
    <Menu
      opened={opened}
      onChange={(opens) => (opens ? void action.run() : onClose())}
      position="bottom-end"
      offset={4}
      hideDetached={false}
      transitionProps={{ duration: 0 }}
      classNames={{ dropdown: styles.dropdown, item: styles.item }}
    >
      <Menu.Target>
        <Button
          small
          disabled={!action.enabled}
          data-action={action.id}
          aria-keyshortcuts={action.shortcut === undefined ? undefined : ariaKeys(action.shortcut)}
        >
          {t(action.label)}
          {action.shortcut !== undefined && <Keys shortcut={action.shortcut} />}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {opened &&
          snoozeTimes(Date.now(), reset).map(({ name, at }) => (
            <Menu.Item
              key={name}
              data-snooze={name}
              onClick={() => onChoose(at)}
              rightSection={<bdi className="faint num">{clock(at, i18n.language)}</bdi>}
            >
              {t(`inbox.snooze_${name}`)}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}
