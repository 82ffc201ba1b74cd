/** Every suite is a project of its own; they run one after the other, in their order. */
import { defineConfig } from 'vitest/config'
import { SUITES } from './scripts/suites.ts'

const SECOND = 1000

export default defineConfig({
  test: {
    projects: SUITES.map((suite, order) => ({
      extends: true,
      test: {
        name: suite.name,
        include: suite.folders.map((folder) => `test/${folder}/**/*.test.ts`),
        testTimeout: suite.limit * SECOND,
        hookTimeout: suite.limit * SECOND,
        teardownTimeout: 30 * SECOND,
        maxWorkers: suite.workers,
        setupFiles: suite.needsBuild ? [] : ['./test/support/seed.ts'],
        globalSetup: suite.needsBuild ? ['./scripts/build-first.ts'] : [],
        sequence: { groupOrder: order },
      },
    })),
  },
})
