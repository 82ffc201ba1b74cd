/** Every suite is a project of its own; they run wave by wave. */
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { LONGEST, SUITES } from './scripts/suites.ts'

const SECOND = 1000

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((file) => moduleId.endsWith(`/test/${file}`))
      return found === -1 ? LONGEST.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: SUITES.map((suite) => ({
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
        sequence: { groupOrder: suite.wave },
      },
    })),
  },
})
