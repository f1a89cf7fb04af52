/** A small dialog with a title: a question, or a short form. Escape and a press outside close it. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  /** Width in pixels. */
  size?: number;
  open?: boolean;
  onClose(): void;
  children: ReactNode;
}

export function Dialog({ title, size = 480, open = true, onClose, children }: DialogProps) {
  return (
    <Modal.Root
      opened={open}
      onClose={onClose}
      centered
      size={size}
      classNames={{ content: styles.dialog ?? "", overlay: styles.scrim ?? "" }}
    >
      <Modal.Overlay />
      <Modal.Content radius={12} shadow="none">
        <Modal.Title className={styles.title ?? ""}>{title}</Modal.Title>
        {children}
      </Modal.Content>
    </Modal.Root>
  );
}

/** Its buttons, at the end. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={styles.buttons}>{children}</div>;
}
