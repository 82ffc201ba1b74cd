/** Counts what a test run came to, from vitest's report and its exit code. */
export type Report = {
  readonly numPassedTests: number
  readonly numTotalTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

export type Count = { readonly passed: number; readonly failed: number }

/**
 * A test that was named but did not run counts as failed; so does a file that could not be loaded, which has no
 * tests to count. An error outside any test fails a run whose tests all passed.
 */
export function count(report: Report | null, exitCode: number): Count {
  const passed = report?.numPassedTests ?? 0
  const unrun = (report?.numTotalTests ?? 0) - passed
  const unloaded = (report?.testResults ?? []).filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  const failed = unrun + unloaded.length
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed }
}

/** A run without tests proves nothing. */
export function succeeded({ passed, failed }: Count): boolean {
  return passed > 0 && failed === 0
}
