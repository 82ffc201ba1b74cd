/** Before the first test that opens a page: what is missing or stale in out/ is built, once. */
import { build } from './build.ts'
import { isBuilt } from './built.ts'

export default async function buildFirst(): Promise<void> {
  if (!isBuilt()) await build({ quiet: true })
}
