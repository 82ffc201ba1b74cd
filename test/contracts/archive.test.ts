/** Export and audit: an archive of a whole site, opened again; and one that somebody has changed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { audit } from '../../main/node/keeping/auditing.ts'
import { ARCHIVE_PREAMBLE, type ArchiveFrame } from '../../shared/replica/archive.ts'
import { framesOf, refused, written } from './archives.ts'
import { tallydesk } from './command.ts'
import { codeOf, eventually, must, scratch } from './desks.ts'
import { actorOf, founded, isShared, joined, newJob, sees, statusOf, type Place } from './places.ts'

/** A site with work of two devices, a closed job and a photo, and its archive. */
async function archived() {
  const hq = await founded({ authorityWait: 0 })
  const tablet = await joined(hq, 'Tablet')
  const { record } = must(await newJob(tablet, 'Pump'))
  must(await newJob(tablet, '=cmd, "quoted"'))
  must(await tablet.node.api.do('request.close', { record }))
  const file = join(scratch(), 'photo.png')
  writeFileSync(file, 'p'.repeat(600_000))
  await isShared(tablet)
  await sees(hq, '=cmd, "quoted"', 'Pump')
  const { sha256 } = must(await hq.node.api.do('attachment.add', { record, file }))
  const row = await eventually('the audit number', async () => {
    const { rows } = must(await hq.node.api.query('board', {}))
    return rows.find(({ audit_number }) => audit_number !== null) ?? null
  })
  const archive = join(scratch(), 'hall.archive')
  const done = must(await hq.node.api.do('node.export', { file: archive }))
  return { hq, archive, done, record, sha256, auditNumber: row.audit_number ?? '' }
}

const statusNow = async (place: Place) => {
  const { state_hash, log } = await statusOf(place)
  return { state_hash, ops: log.ops }
}

describe('an archive', () => {
  test('KEEP-15 holds a whole site, and opened again it answers as the site did', async () => {
    const { hq, archive, done, record, auditNumber } = await archived()
    const { state_hash } = await statusNow(hq)
    expect(done).toMatchObject({ file: archive, attachments: 1, damaged: 0 })
    const { audited, answer } = await audit(archive, { query: 'record', input: { record } })
    expect(audited).toMatchObject({
      site_name: 'Hall',
      name: 'Headquarters',
      actor: actorOf(hq),
      ops: done.ops,
      members: 2,
      attachments: 1,
      state_hash: done.state_hash,
    })
    expect(answer).toMatchObject({ title: 'Pump', status: 'closed', audit_number: auditNumber })
    expect(state_hash).toMatch(/^[0-9a-f]{64}$/)
    const search = await audit(archive, { query: 'search', input: { text: 'pump' } })
    expect(search.answer).toMatchObject({ hits: [{ record }] })
    await expect(audit(archive, { query: 'peers', input: {} })).rejects.toMatchObject({
      code: 'unknown-query',
    })
    await expect(audit(archive, { query: 'record', input: {} })).rejects.toMatchObject({ code: 'bad-input' })
  })

  test('KEEP-15 is written while the node goes on, whole or not at all, and over nothing', async () => {
    const hq = await founded()
    for (let i = 0; i < 20; i += 1) must(await newJob(hq, `Job ${i}`))
    const folder = scratch()
    const file = join(folder, 'site.archive')
    const [done] = await Promise.all([
      hq.node.api.do('node.export', { file }),
      newJob(hq, 'Meanwhile'),
      newJob(hq, 'Meanwhile too'),
    ])
    const { audited } = await audit(file, null)
    expect(audited).toMatchObject({ ops: must(done).ops, state_hash: must(done).state_hash })
    const before = readFileSync(file)
    expect(codeOf(await hq.node.api.do('node.export', { file }))).toBe('file-exists')
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(codeOf(await hq.node.api.do('node.export', { file: join(file, 'x') }))).toBe(
      'data-folder-unreadable',
    )
    expect(readdirSync(folder)).toEqual(['site.archive'])
  })

  test('KEEP-16 in which any byte was changed, or that was cut off, is refused with what and where', async () => {
    const { archive } = await archived()
    const bytes = readFileSync(archive)
    const damage = async (change: (copy: Buffer) => Buffer) => {
      const file = join(scratch(), 'changed.archive')
      writeFileSync(file, change(Buffer.from(bytes)))
      return refused(file)
    }
    for (const at of [
      0,
      5,
      ARCHIVE_PREAMBLE.length + 1,
      300,
      1500,
      3000,
      bytes.length - 300_000,
      bytes.length - 20,
    ]) {
      const told = await damage((copy) => {
        copy[at] = (copy[at] ?? 0) ^ 0x41
        return copy
      })
      expect(told, `byte ${at}`).toMatch(/is not as it was written: at byte \d+, /)
    }
    for (const length of [0, 10, 200, 3000, bytes.length - 1])
      expect(await damage((copy) => copy.subarray(0, length)), `${length} bytes`).toMatch(/at byte \d+, /)
    expect(await damage((copy) => Buffer.concat([copy, Buffer.alloc(9)]))).toMatch(/at byte \d+, /)
    expect(await refused(join(scratch(), 'nothing'))).toContain('cannot be read')
  })

  test('KEEP-16 that was forged with care is refused: an op, the end of a chain, an attachment, the sums', async () => {
    const { archive } = await archived()
    const frames = framesOf(archive)
    const told = (change: (frame: ArchiveFrame) => readonly ArchiveFrame[]) =>
      refused(written(frames.flatMap(change)))
    expect(await refused(written(frames))).toBe('accepted')
    const last = frames.findLast((frame) => frame.kind === 'run')
    expect(
      await told((frame) => {
        if (frame !== last) return [frame]
        const ops = frame.run.ops.map((op, i) =>
          i === 0 ? op.map((byte, k) => (k === 100 ? byte ^ 1 : byte)) : op,
        )
        return [{ kind: 'run', run: { ...frame.run, ops } }]
      }),
    ).toMatch(/the run [0-9a-f]{64}:\d+ to \d+: /)
    expect(await told((frame) => (frame === last ? [] : [frame]))).toMatch(/it holds \d+ ops, and names \d+/)
    expect(
      await told((frame) =>
        frame.kind === 'part' ? [{ ...frame, bytes: frame.bytes.map(() => 7) }] : [frame],
      ),
    ).toMatch(/the attachment [0-9a-f]{64} has changed/)
    expect(await told((frame) => (frame.kind === 'file' || frame.kind === 'part' ? [] : [frame]))).toContain(
      'it holds 0 attachments, and names 1',
    )
    expect(
      await told((frame) => (frame.kind === 'end' ? [{ ...frame, stateHash: new Uint8Array(32) }] : [frame])),
    ).toMatch(/its ops give the state [0-9a-f]{64}, and it names 0{64}/)
    expect(
      await told((frame) => (frame.kind === 'head' ? [{ ...frame, made: frame.made + 1 }] : [frame])),
    ).toContain('is not signed by the device that wrote it')
  })
})

test('KEEP-17 the jobs of a site as a table: one line each, audit numbers, and no formulas', async () => {
  const { hq, auditNumber } = await archived()
  const file = join(scratch(), 'jobs.csv')
  const done = await tallydesk(['export', file, '--csv', '--data', hq.data, '--json'])
  expect(JSON.parse(done.out)).toEqual({ file, jobs: 2 })
  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\r\n')
  expect(head).toMatch(/^number,reference,title,status,audit_number,zone/)
  expect(rows).toHaveLength(2)
  expect(rows.join('\n')).toContain(`Pump,closed,${auditNumber},`)
  expect(rows.join('\n')).toContain(`"'=cmd, ""quoted"""`)
  expect((await tallydesk(['export', file, '--csv', '--data', hq.data])).code).toBe(1)
})

test('KEEP-8 export and audit by the command line: people and JSON, exit codes', async () => {
  const hq = await founded()
  must(await newJob(hq, 'One'))
  await hq.node.close()
  const file = join(scratch(), 'site.archive')
  const made = await tallydesk(['export', file, '--data', hq.data])
  expect(made).toMatchObject({ code: 0, err: '' })
  expect(made.out).toContain(file)
  const seen = await tallydesk(['audit', file])
  expect(seen).toMatchObject({ code: 0, err: '' })
  expect(seen.out).toContain('Hall')
  const board = await tallydesk(['audit', file, '--query', 'board', '{}'])
  expect(JSON.parse(board.out)).toMatchObject({ rows: [{ title: 'One' }] })
  writeFileSync(file, 'x')
  const bad = await tallydesk(['audit', file, '--json'])
  expect(bad.code).toBe(1)
  expect(JSON.parse(bad.out)).toMatchObject({ error: { code: 'archive-damaged' } })
  expect((await tallydesk(['audit'])).code).toBe(2)
  expect(existsSync(`${file}.unfinished`)).toBe(false)
})
