/** Puts the providers around the router; nothing else lives here. */
import { DirectionProvider, MantineProvider } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import type { Backend } from "../backend/backend";
import { BackendProvider } from "../backend/use-backend";
import { NoticesProvider } from "../components/notices";
import type { AppRouter } from "./router";
import { cssVariables, theme } from "./theme";

export function App({ backend, router }: { backend: Backend; router: AppRouter }) {
  return (
    <DirectionProvider>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <BackendProvider backend={backend}>
          <NoticesProvider>
            <RouterProvider router={router} />
          </NoticesProvider>
        </BackendProvider>
      </MantineProvider>
    </DirectionProvider>
  );
}
