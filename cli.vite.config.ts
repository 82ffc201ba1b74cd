/** Builds the tallydesk command into out/cli: plain Node, with the packages of `dependencies` beside it. */
import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    ssr: 'main/cli/tallydesk.ts',
    outDir: 'out/cli',
    emptyOutDir: true,
    target: 'node24',
    reportCompressedSize: false,
  },
  ssr: { target: 'node' },
})
