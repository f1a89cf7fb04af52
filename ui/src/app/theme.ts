/** The component library in our tokens: it brings behaviour (focus, position, layers), never a look. */
import { type CSSVariablesResolver, createTheme } from "@mantine/core";

export const theme = createTheme({
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 8,
  respectReducedMotion: true,
  components: {
    Menu: { defaultProps: { radius: 8, shadow: "none", transitionProps: { duration: 120 } } },
    Modal: { defaultProps: { transitionProps: { duration: 140, transition: "fade" } } },
  },
});

const variables = {
  "--mantine-color-body": "var(--ink-1)",
  "--mantine-color-text": "var(--text-1)",
  "--mantine-color-dimmed": "var(--text-3)",
  "--mantine-color-default": "var(--ink-2)",
  "--mantine-color-default-hover": "var(--ink-3)",
  "--mantine-color-default-border": "var(--line-2)",
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  dark: variables,
  light: variables,
});
