import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { openPositions } from '../../../services/cli/tail/positions.ts'
import { sendLines } from '../../../services/cli/tail/send-lines.ts'
import { type TailConfig, type TailDeps, tailFiles } from '../../../services/cli/tail/tail-files.ts'
import { delay } from '../../../services/platform/clock.ts'
import { buildHarness } from '../../ingest/harness.ts'

function folderOf(t: TestContext | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tail-'))
  t?.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const lineOf = (number: number) => `{"at":"2026-11-28T09:00:${String(number % 60).padStart(2, '0')}Z","id":"line-${number}"}`
const textOf = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `${lineOf(from + index)}\n`).join('')

/** Follows the files of a folder; gives what was sent, as lines. */
function begin(folder: string, options: Partial<TailConfig> & { fails?: () => boolean } = {}) {
  const stop = new AbortController()
  const sent: string[] = []
  const notes: string[] = []
  const send: TailDeps['send'] = async lines => {
    if (options.fails?.()) throw new Error('killed')
    sent.push(...lines.toString().split('\n').filter(Boolean))
    return { accepted: 1, rejected: [] }
  }
  const config = { globs: [join(folder, '*.log*')], everyMs: 5, isOnce: false, ...options }
  const positions = openPositions(join(folder, 'positions.json'))
  const running = tailFiles(config, { positions, send, note: text => notes.push(text), signal: stop.signal })
  return {
    sent,
    notes,
    running,
    async until(lines: number) {
      for (let tries = 0; sent.length < lines && tries < 400; tries++) await delay(5)
      await delay(40)
    },
    async end() {
      stop.abort()
      return await running
    },
  }
}

test('what is there and what is added is sent once, through renaming, truncation, copies and compression, and a restart', async t => {
  const folder = folderOf(t)
  const [log, rotated] = [join(folder, 'a.log'), join(folder, 'a.log.1')]
  writeFileSync(log, textOf(0, 100))
  const first = begin(folder)
  await first.until(100)
  appendFileSync(log, textOf(100, 150))
  await first.until(150)
  // The writer does not know yet that its file was renamed.
  renameSync(log, rotated)
  appendFileSync(rotated, textOf(150, 160))
  writeFileSync(log, textOf(160, 200))
  await first.until(200)
  await first.end()
  assert.deepEqual(first.sent.sort(), textOf(0, 200).trim().split('\n').sort())

  appendFileSync(log, textOf(200, 220))
  writeFileSync(join(folder, 'a.log.2.gz'), gzipSync(textOf(0, 160)))
  rmSync(rotated)
  const second = begin(folder)
  await second.until(20)
  // copytruncate: a copy of what was sent, and the file begins anew.
  copyFileSync(log, rotated)
  truncateSync(log, 0)
  appendFileSync(log, textOf(220, 300))
  await second.until(100)
  await second.end()
  assert.deepEqual(second.sent.sort(), textOf(200, 300).trim().split('\n').sort())
})

test('half a line is not sent before its end comes; with --once what is there is all there is', async t => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'a.log'), `${lineOf(1)}\n${lineOf(2).slice(0, 10)}`)
  const first = begin(folder)
  await first.until(1)
  assert.deepEqual(first.sent, [lineOf(1)])
  appendFileSync(join(folder, 'a.log'), `${lineOf(2).slice(10)}\n`)
  await first.until(2)
  await first.end()
  assert.deepEqual(first.sent, [lineOf(1), lineOf(2)])
  writeFileSync(join(folder, 'b.log'), lineOf(3))
  const once = begin(folder, { isOnce: true })
  assert.deepEqual(await once.running, { files: 2, accepted: 1, rejected: 0 })
  assert.deepEqual(once.sent, [lineOf(3)])
})

test('killed while it sends, at any piece, no line is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), fc.integer({ min: 1, max: 200 }), async (kills, lines) => {
      const folder = folderOf(undefined)
      const all: string[] = []
      try {
        for (const [round, kill] of [...kills, Number.POSITIVE_INFINITY].entries()) {
          appendFileSync(join(folder, 'a.log'), textOf(round * lines, (round + 1) * lines))
          let sends = 0
          const run = begin(folder, { isOnce: true, fails: () => sends++ >= kill })
          await run.running.catch(() => undefined)
          all.push(...run.sent)
        }
        const expected = textOf(0, (kills.length + 1) * lines)
          .trim()
          .split('\n')
        assert.deepEqual([...new Set(all)].sort(), expected.sort())
      } finally {
        rmSync(folder, { recursive: true })
      }
    }),
    { numRuns: 25 },
  )
})

test('a file that cannot be read is told once with its path, and others are sent', async t => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'broken.log.gz'), 'no gzip')
  writeFileSync(join(folder, 'good.log'), textOf(0, 3))
  const run = begin(folder)
  await run.until(3)
  await run.end()
  assert.equal(run.sent.length, 3)
  assert.equal(run.notes.filter(note => /broken\.log\.gz cannot be read/.test(note)).length, 1)
})

test('ingest that is away or says later is waited for; one that refuses ends with the reason', async t => {
  let refusals = 2
  const harness = buildHarness(t, {
    tokens: { 'fake-edge': { name: 'edge', role: 'sender', source: 'edge' } },
    beforeAppend: async () => {
      if (refusals-- > 0) throw new Error('the disk is full')
    },
  })
  const url = await harness.app.listen({ port: 0, host: '127.0.0.1' })
  const notes: string[] = []
  const deps = { signal: AbortSignal.timeout(20_000), note: (text: string) => void notes.push(text) }
  const config = { url, source: 'edge', dialect: undefined, token: 'fake-edge' }
  const sent = await sendLines(Buffer.from(`${lineOf(1)}\nno json\n${lineOf(2)}\n`), config, deps)
  assert.deepEqual([sent.accepted, sent.rejected.map(({ line }) => line)], [2, [2]])
  assert.deepEqual(harness.lines(), [lineOf(1), lineOf(2)])
  assert.match(notes.join('\n'), /answers 5\d\d .*tried again/)
  await assert.rejects(sendLines(Buffer.from('{}\n'), { ...config, token: 'fake-other' }, deps), { code: 'TAIL_REFUSED', message: /401/ })
  const nobody = { ...config, url: 'http://127.0.0.1:9' }
  await assert.rejects(sendLines(Buffer.from('{}\n'), nobody, { ...deps, signal: AbortSignal.timeout(300) }), { code: 'TAIL_UNREACHABLE' })
})
