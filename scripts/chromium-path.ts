/** Which Chromium the tests drive: one that is installed here, else the one that Playwright brought. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** An absolute path. `TALLYDESK_CHROMIUM` names another one. */
export function chromiumPath(): string {
  const named = process.env.TALLYDESK_CHROMIUM
  if (named !== undefined) return named
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram)
  return found ?? chromium.executablePath()
}
