/** The life of the built program: one per folder, its node watched over, and nothing left behind. */
import { afterEach, describe, expect, test } from 'vitest'
import { openFolder } from '../../main/store/folder.ts'
import {
  eventually,
  newDataFolder,
  removeFolders,
  startProgram,
  stopPrograms,
  type Program,
} from './program.ts'

afterEach(async () => {
  await stopPrograms()
  removeFolders()
})

function desk(program: Program): Promise<string> {
  return eventually(
    () => program.ask('url'),
    (at) => at.startsWith('http://127.0.0.1:'),
  )
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function nodePid(program: Program): Promise<number> {
  const [pid = 0] = await program.ask('nodePids')
  return pid
}

describe('life', () => {
  test('SHELL-11 a second program on one folder leaves, and the first comes to the front', async () => {
    const dataFolder = newDataFolder()
    const first = startProgram({ dataFolder })
    await desk(first)
    await first.ask('minimize')
    const second = startProgram({ dataFolder })
    expect(await second.exited).toBe(0)
    const windows = await eventually(
      () => first.ask('windows'),
      ([window]) => window?.focused === 1,
    )
    expect(windows).toMatchObject([{ shown: true, minimized: false }])
    expect(await first.ask('nodePids')).toHaveLength(1)
  })

  test('SHELL-12 a node that is killed is started again, and the window loads its new origin', async () => {
    const program = startProgram({ dataFolder: newDataFolder() })
    const before = new URL(await desk(program)).origin
    const killed = await nodePid(program)
    process.kill(killed, 'SIGKILL')
    const after = await eventually(
      () => program.ask('url'),
      (at) => at.startsWith('http://127.0.0.1:') && !at.startsWith(before),
    )
    expect(await nodePid(program)).not.toBe(killed)
    expect(await program.ask('evaluate', `fetch('/').then((page) => page.ok)`)).toBe(true)
    expect(await program.ask('letsRequest', `${before}/`)).toBe(false)
    expect(await program.ask('letsRequest', `${new URL(after).origin}/`)).toBe(true)
  })

  test('SHELL-14 a data folder in use is named with its holder, and a person’s wish starts again', async () => {
    const dataFolder = newDataFolder()
    const held = openFolder(dataFolder)
    const program = startProgram({ dataFolder })
    const words = await eventually(
      () => program.ask('evaluate', 'document.body.innerText'),
      (text) => String(text).includes('in use'),
    )
    expect(words).toContain(`process ${process.pid}`)
    expect(words).toContain('choose “Start again”')
    expect(await program.ask('evaluate', 'document.scripts.length')).toBe(0)
    held.release()
    await program.ask('clickMenu', 'Desk', 'Start again')
    await desk(program)
  })

  test('SHELL-16 quitting from the menu asks the node to leave and leaves nothing behind', async () => {
    const program = startProgram({ dataFolder: newDataFolder() })
    await desk(program)
    const pid = await nodePid(program)
    await program.ask('clickTray', 'Quit Tallydesk')
    expect(await program.exited).toBe(0)
    expect(isRunning(pid)).toBe(false)
  })

  if (process.platform !== 'darwin') {
    test('SHELL-17 closing the window ends the program', async () => {
      const program = startProgram({ dataFolder: newDataFolder() })
      await desk(program)
      const pid = await nodePid(program)
      await program.ask('closeWindow')
      expect(await program.exited).toBe(0)
      expect(isRunning(pid)).toBe(false)
    })
  }

  test('SHELL-18 menu and tray speak the language of the system', async () => {
    const program = startProgram({ dataFolder: newDataFolder(), locale: 'es-MX' })
    await desk(program)
    expect(await program.ask('menuLabels')).toEqual(
      expect.arrayContaining(['Mesa', 'Iniciar de nuevo', 'Salir de Tallydesk']),
    )
    expect(await program.ask('trayLabels')).toEqual(['Mostrar la mesa', 'Salir de Tallydesk'])
  })
})
