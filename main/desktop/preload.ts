/**
 * Runs in the sandbox before the page and gives it the shell's verbs, and nothing else: no channel names, no
 * IPC object, no Node.
 */
import { contextBridge, ipcRenderer } from 'electron'
import type { Notice, Shell } from '../../shared/api/shell.ts'
import { NOTIFY, parseNotice, REVEAL_DATA_FOLDER, SHELL_NAME } from './verbs.ts'

const shell: Shell = {
  platform: process.platform,

  async notify(asked: Notice): Promise<boolean> {
    const notice = parseNotice(asked)
    if (notice === null) throw new TypeError('A notice has a title and a body, and both are short texts.')
    return (await ipcRenderer.invoke(NOTIFY, notice)) === true
  },

  async revealDataFolder(): Promise<void> {
    await ipcRenderer.invoke(REVEAL_DATA_FOLDER)
  },
}

contextBridge.exposeInMainWorld(SHELL_NAME, shell)
