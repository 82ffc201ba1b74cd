/**
 * Builds the screens into out/renderer, whence the node serves them: scripts and styles are files of their own,
 * so that a content security policy without any inline source holds.
 */
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** Set by scripts/dev.ts: the control address of the node that the dev server stands in front of. */
const node = process.env.TALLYDESK_CONTROL

export default defineConfig({
  root: join(import.meta.dirname, 'renderer'),
  base: '/',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: join(import.meta.dirname, 'out', 'renderer'),
    rolldownOptions: {
      input: join(import.meta.dirname, 'renderer', 'index.html'),
      checks: { bundlerTimings: false },
    },
    emptyOutDir: true,
    target: 'chrome140',
    minify: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Pages come over loopback: fewer files matter more than small ones.
    chunkSizeWarningLimit: 2000,
  },
  server: {
    host: '127.0.0.1',
    ...(node === undefined
      ? {}
      : {
          proxy: {
            '/api': {
              target: `http://${node}`,
              ws: true,
              changeOrigin: true,
              headers: { origin: `http://${node}` },
            },
          },
        }),
  },
})
