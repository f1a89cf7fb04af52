import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "safari16",
    // Strict content policy: nothing inlined that would need `data:` beyond images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, strictPort: true, proxy: proxyTo(process.env.KRAKE_URL) },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    testTimeout: 60_000,
  },
});

/** For `npm run dev` in a browser: `KRAKE_URL=http://127.0.0.1:4177` forwards the API to a running owner. */
function proxyTo(target: string | undefined) {
  if (target === undefined) return undefined;
  // The owner takes requests from its own pages only; the page of the dev server stands in for them.
  const there = { target, changeOrigin: true, headers: { origin: target } };
  return { "/api": there, "/health": there };
}
