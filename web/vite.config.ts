import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    manifest: true, // read by scripts/budget.mjs
    assetsInlineLimit: 0, // a data: font or script would need a wider Content-Security-Policy
    modulePreload: { polyfill: false }, // the polyfill is an inline script
    sourcemap: false,
  },
  server: { fs: { allow: ['..'] }, proxy: { '/v1': { target: process.env.GPUAAS_URL ?? 'http://127.0.0.1:7070', ws: true } } },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
