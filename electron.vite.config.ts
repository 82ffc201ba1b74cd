/**
 * Builds what the packaged desk is made of, into out/: the shell and the node that it forks (out/main), the
 * preload (out/preload, one CommonJS file, as a sandboxed window demands) and the screens (out/renderer).
 * Packages in `dependencies` are shipped beside it and not bundled: better-sqlite3 looks for its native part
 * next to its own files.
 */
import { defineConfig } from 'electron-vite'
import screens from './vite.config.ts'

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rolldownOptions: {
        input: { index: 'main/desktop/main.ts', 'node-process': 'main/desktop/node-process.ts' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { index: 'main/desktop/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: screens,
})
