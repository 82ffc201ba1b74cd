/** Playwright's assertions, which look again until they hold; patient enough for a machine that does other things too. */
import { expect } from '@playwright/test'

export const onPage = expect.configure({ timeout: 20_000 })
