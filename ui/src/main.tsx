/** Starts the interface: token, language, backend, screens, in this order. */
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/ScrollArea.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/CloseButton.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/Popover.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/Menu.css";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Modal.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { createAppRouter } from "./app/router";
import { createBackend } from "./backend/backend";
import { takeTokenFromAddress } from "./backend/token";
import { fetchParts } from "./components/part";
import { startLanguages } from "./i18n/i18n";

takeTokenFromAddress();
await startLanguages();

const backend = createBackend();
void backend.live.run();
window.addEventListener("online", backend.live.retryNow);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") backend.live.wakeUp();
});

const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");
createRoot(place).render(
  <StrictMode>
    <App backend={backend} router={createAppRouter()} />
  </StrictMode>,
);

/** What the first screen needs comes first. */
const FIRST_SCREEN_MS = 800;
setTimeout(() => void fetchParts(), FIRST_SCREEN_MS);
