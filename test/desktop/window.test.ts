/** The window of the built program: what it shows, and what no page in it can do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LICENCE } from '../../main/desktop/known-links.ts'
import { NOTIFY, REVEAL_DATA_FOLDER } from '../../main/desktop/verbs.ts'
import { openAnotherSite, type AnotherSite } from './another-site.ts'
import {
  eventually,
  newDataFolder,
  removeFolders,
  startProgram,
  stopPrograms,
  type Program,
} from './program.ts'

let program: Program
let elsewhere: AnotherSite
let origin: string

/** Runs in the page, where it may wait. */
function inPage(body: string): Promise<unknown> {
  return program.ask('evaluate', `(async () => { ${body} })()`)
}

/** A round through the page and back, so that what was begun there has been decided. */
async function settled(): Promise<void> {
  await inPage(`await new Promise((resolve) => setTimeout(resolve, 300))`)
}

beforeAll(async () => {
  elsewhere = await openAnotherSite()
  program = startProgram({ dataFolder: newDataFolder() })
  const url = await eventually(
    () => program.ask('url'),
    (at) => at.startsWith('http://127.0.0.1:'),
  )
  origin = new URL(url).origin
})

afterAll(async () => {
  await stopPrograms()
  await elsewhere.close()
  removeFolders()
})

describe('what the window shows', () => {
  test('SHELL-1 it shows the desk that the node serves on its own loopback origin', async () => {
    const shown = await eventually(
      () => inPage(`return document.body.innerText.trim().length`),
      (length) => Number(length) > 0,
    )
    expect(shown).toBeGreaterThan(0)
    expect(await inPage(`return document.title`)).toContain('Tallydesk')
    expect(await program.ask('windows')).toMatchObject([{ shown: true }])
  })

  test('SHELL-2 its page is sandboxed and has no Node, and its session is kept in memory', async () => {
    expect(await program.ask('sandboxEnabled')).toBe(true)
    const preferences = await program.ask('webPreferences')
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
    })
    expect(preferences?.partition).not.toMatch(/^persist:/)
    expect(await inPage(`return [typeof require, typeof process, typeof module]`)).toEqual(
      Array(3).fill('undefined'),
    )
  })
})

describe('what a page cannot do', () => {
  test('SHELL-3 a link, a script and a form cannot leave the origin', async () => {
    const before = await program.ask('url')
    const away = `${elsewhere.origin}/away`
    await inPage(`
      const link = document.createElement('a')
      link.href = ${JSON.stringify(away)}
      document.body.append(link)
      link.click()`)
    await settled()
    await inPage(`location.assign(${JSON.stringify(away)})`)
    await settled()
    await inPage(`
      const form = document.createElement('form')
      form.action = ${JSON.stringify(away)}
      document.body.append(form)
      form.submit()`)
    await settled()
    expect(await program.ask('url')).toBe(before)
    expect(elsewhere.reached).toEqual([])
  })

  test('SHELL-3 a frame cannot show another site', async () => {
    await inPage(`
      const frame = document.createElement('iframe')
      frame.src = ${JSON.stringify(`${elsewhere.origin}/frame`)}
      document.body.append(frame)`)
    await settled()
    expect(elsewhere.reached).toEqual([])
  })

  test('SHELL-3 a page may load itself anew', async () => {
    await inPage(`window.mark = 1; setTimeout(() => location.reload(), 0)`)
    await eventually(
      () => inPage(`return document.readyState === 'complete' && window.mark === undefined`),
      (anew) => anew === true,
    )
    expect(new URL(await program.ask('url')).origin).toBe(origin)
  })

  test('SHELL-4 no window is opened, and only known links reach the browser of the system', async () => {
    for (const url of [`${elsewhere.origin}/open`, 'https://example.org/', `${LICENCE}?x`, LICENCE]) {
      await inPage(`window.open(${JSON.stringify(url)})`)
      await settled()
    }
    await eventually(
      () => program.ask('pages'),
      (pages) => pages === 1,
    )
    const { links } = await eventually(
      () => program.ask('opened'),
      ({ links }) => links.length > 0,
    )
    expect(links).toEqual([LICENCE])
    expect(elsewhere.reached).toEqual([])
  })

  test('SHELL-4 a webview is not attached', async () => {
    expect(await program.ask('attachWebview')).toBe(false)
  })

  test.each([
    'media',
    'geolocation',
    'notifications',
    'clipboard-read',
    'openExternal',
    'local-network',
    'unknown',
  ])('SHELL-5 the permission %s is refused, asked or looked up', async (permission) => {
    expect(await program.ask('permissionAnswer', permission)).toBe(false)
    expect(await program.ask('permissionCheck', permission)).toBe(false)
  })

  test('SHELL-5 no device may be used', async () => {
    expect(await program.ask('devicePermission')).toBe(false)
  })

  test('SHELL-6 what a page loads comes from the node or not at all', async () => {
    const fetched = await inPage(
      `return fetch(${JSON.stringify(`${elsewhere.origin}/data`)}).then(() => 'loaded', () => 'stopped')`,
    )
    expect(fetched).toBe('stopped')
    expect(elsewhere.reached).toEqual([])
    expect(await inPage(`return (await fetch('/')).ok`)).toBe(true)
  })

  test.each([
    ['{origin}/api', true],
    ['{ws}/api', true],
    ['blob:{origin}/8d1e', true],
    ['data:text/plain,x', true],
    ['https://example.org/', false],
    ['{origin}.example.org/', false],
    ['http://127.0.0.1/', false],
    ['ws://127.0.0.1:9/', false],
    ['wss://example.org/', false],
    ['file:///etc/passwd', false],
    ['blob:https://example.org/8d1e', false],
    ['ftp://127.0.0.1/', false],
  ])('SHELL-6 a request to %s may pass: %s', async (url, passes) => {
    const full = url.replace('{origin}', origin).replace('{ws}', origin.replace('http:', 'ws:'))
    expect(await program.ask('letsRequest', full)).toBe(passes)
  })
})

describe('verbs', () => {
  test('SHELL-7 the page has exactly the three verbs and cannot change them', async () => {
    expect(await inPage(`return Object.keys(window.tallydesk).sort()`)).toEqual([
      'notify',
      'platform',
      'revealDataFolder',
    ])
    expect(await inPage(`return window.tallydesk.platform`)).toBe(process.platform)
    await inPage(`try { window.tallydesk.notify = 1 } catch {} try { window.tallydesk = 1 } catch {}`)
    expect(await inPage(`return typeof window.tallydesk.notify`)).toBe('function')
  })

  test('SHELL-8 a payload that is not what the verb takes is refused', async () => {
    const refused = `return window.tallydesk.notify({ title: 'x'.repeat(121), body: 'b' }).then(() => 'shown', String)`
    expect(await inPage(refused)).toContain('A notice has a title and a body')
    expect(await inPage(`return window.tallydesk.notify().then(() => 'shown', String)`)).toContain(
      'TypeError',
    )
    await expect(program.ask('invokeAsDesk', NOTIFY, { title: 'x' })).rejects.toThrow('refused')
    expect(await program.ask('notifications')).toEqual([])
  })

  test('SHELL-9 nobody but the desk’s own page in the window’s own frame is answered', async () => {
    const notice = { title: 'Pump 4', body: 'Two titles' }
    for (const [from, embedded] of [
      [origin, true],
      ['https://example.org', false],
      ['null', false],
    ] as const) {
      await expect(program.ask('invokeFrom', from, embedded, NOTIFY, notice)).rejects.toThrow('refused')
      await expect(program.ask('invokeFrom', from, embedded, REVEAL_DATA_FOLDER, undefined)).rejects.toThrow()
    }
    expect(await program.ask('notifications')).toEqual([])
    expect((await program.ask('opened')).folders).toEqual([])
  })

  test('SHELL-10 a notice shows its texts, and a click on it brings the window to the front', async () => {
    expect(await inPage(`return window.tallydesk.notify({ title: 'Pump 4', body: 'Two titles' })`)).toBe(true)
    expect(await program.ask('notifications')).toEqual([{ title: 'Pump 4', body: 'Two titles' }])
    await program.ask('minimize')
    await program.ask('clickNotification', 0)
    expect(await program.ask('windows')).toMatchObject([{ shown: true, minimized: false, focused: 1 }])
  })

  test('SHELL-7 the data folder is shown in the file manager of the system', async () => {
    await inPage(`await window.tallydesk.revealDataFolder()`)
    expect((await program.ask('opened')).folders).toEqual([program.dataFolder])
  })
})
