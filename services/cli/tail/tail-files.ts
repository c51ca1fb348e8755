import { globSync, statSync } from 'node:fs'
import { delay } from '../../platform/clock.ts'
import { messageOf } from '../../platform/errors.ts'
import { HEAD_BYTES, headHash, type Position, type Positions } from './positions.ts'
import { type OpenLog, openLog } from './read-lines.ts'
import type { Sent } from './send-lines.ts'

/** What is read and how. */
export interface TailConfig {
  readonly globs: readonly string[]
  /** Between two looks at the files, ms. */
  readonly everyMs: number
  /** Ends when all that is there is sent, instead of waiting for more. */
  readonly isOnce: boolean
}

/** What reading needs. `send` resolves when the lines are on disk at the other end. */
export interface TailDeps {
  readonly positions: Positions
  readonly send: (lines: Buffer) => Promise<Sent>
  readonly note: (text: string) => void
  readonly signal: AbortSignal
}

/** Bytes of one body: well below what ingest takes. */
const MOST_BYTES = 1024 * 1024
/** Looks for which a file that was renamed or removed is read on: its writer opens the new one when it is told to. */
const LOOKS_BEHIND = 30

interface Followed {
  readonly log: OpenLog
  readonly inode: string
  path: string
  position: Position
  /** Looks since it is no longer where it was: who writes it may not have noticed yet. */
  looksSinceGone: number
  /** Closed: nothing is added to it any more, and all of it is sent. */
  isDone: boolean
}

/** What was done since the start. */
export interface TailCounts {
  files: number
  accepted: number
  rejected: number
}

/**
 * Sends the lines of all files that match, and what is added to them, until the signal aborts. A file that is renamed is read to its end;
 * one that was cut off (`copytruncate`) is read from its start; positions are saved behind what was sent, so that a crash sends some lines
 * twice and loses none. A file that cannot be read is told once and looked at again. Rejects as `send` does.
 */
export async function tailFiles(config: TailConfig, deps: TailDeps): Promise<TailCounts> {
  const followed = new Map<string, Followed>()
  const faults = new Map<string, string>()
  const counts = { files: 0, accepted: 0, rejected: 0 }
  try {
    while (!deps.signal.aborted) {
      const present = await look(config, followed, faults, deps)
      counts.files = Math.max(counts.files, followed.size)
      let isIdle = true
      for (const file of [...followed.values()]) {
        file.looksSinceGone = present.has(file.inode) ? 0 : file.looksSinceGone + 1
        const isLeft = file.looksSinceGone > LOOKS_BEHIND
        const isLast = isLeft || config.isOnce || file.log.isFinished
        if (!file.isDone && (await sendRest(file, { isLast }, counts, deps))) isIdle = false
        else if (isLeft || file.log.isFinished) await close(file)
        if (isLeft && file.isDone) followed.delete(file.inode)
      }
      deps.positions.save()
      if (config.isOnce && isIdle) break
      if (isIdle) await delay(config.everyMs, deps.signal)
    }
  } finally {
    deps.positions.save()
    for (const file of followed.values()) await close(file)
  }
  return counts
}

/** Opens what is new; gives the inodes of all files that are there. */
async function look({ globs }: TailConfig, followed: Map<string, Followed>, faults: Map<string, string>, deps: TailDeps) {
  const present = new Set<string>()
  for (const path of globSync([...globs]).sort()) {
    try {
      const facts = statSync(path)
      if (!facts.isFile()) continue
      const inode = `${facts.dev}:${facts.ino}`
      present.add(inode)
      const known = followed.get(inode)
      if (known !== undefined) known.path = path
      else if (facts.size > 0) await follow(path, inode, followed, deps)
      faults.delete(path)
    } catch (error) {
      const words = messageOf(error)
      if (faults.get(path) !== words) deps.note(`${path} cannot be read: ${words}; it is looked at again`)
      faults.set(path, words)
    }
  }
  return present
}

async function follow(path: string, inode: string, followed: Map<string, Followed>, { positions, note }: TailDeps): Promise<void> {
  const log = await openLog(path)
  const head = await log.head()
  const before = positions.find(head)
  const position = before ?? { head_sha256: headHash(head, head.length), head_bytes: head.length, sent_bytes: 0, path }
  followed.set(inode, { log, inode, path, position: { ...position, path }, looksSinceGone: 0, isDone: false })
  if (before === undefined) note(`${path}: from its start`)
  else if (before.sent_bytes < (await log.size())) note(`${path}: from byte ${before.sent_bytes} on`)
}

/** Sends a piece of what was added. Gives whether there was any. */
async function sendRest(file: Followed, { isLast }: { isLast: boolean }, counts: TailCounts, deps: TailDeps): Promise<boolean> {
  let lines = await file.log.linesFrom(file.position.sent_bytes, MOST_BYTES, isLast)
  // Looked at behind the reading: it may be cut off and written anew at any moment before it.
  if (await isCutOff(file)) {
    deps.note(`${file.path}: it was cut off; from its start again`)
    file.position = { ...file.position, ...(await headOf(file.log)), sent_bytes: 0 }
    lines = await file.log.linesFrom(0, MOST_BYTES, isLast)
  }
  if (lines.length === 0) return false
  const { accepted, rejected } = await deps.send(lines)
  if (counts.accepted === 0 && accepted > 0) deps.note(`${file.path}: first lines sent, ${accepted} accepted`)
  counts.accepted += accepted
  counts.rejected += rejected.length
  tellRejected(file, rejected, deps.note)
  const grown = file.position.head_bytes < HEAD_BYTES ? await headOf(file.log) : {}
  const before = file.position
  file.position = { ...before, ...grown, path: file.path, sent_bytes: before.sent_bytes + lines.length }
  deps.positions.note(file.position, before)
  return true
}

/** Shorter than what was sent, or it begins otherwise: it may have grown again since. */
async function isCutOff({ log, position }: Followed): Promise<boolean> {
  if ((await log.size()) < position.sent_bytes) return true
  return position.sent_bytes > 0 && headHash(await log.head(), position.head_bytes) !== position.head_sha256
}

async function headOf(log: OpenLog): Promise<Pick<Position, 'head_bytes' | 'head_sha256'>> {
  const head = await log.head()
  return { head_bytes: Math.max(1, head.length), head_sha256: headHash(head, head.length) }
}

function tellRejected({ path }: Followed, rejected: Sent['rejected'], note: TailDeps['note']): void {
  for (const [code, some] of Map.groupBy(rejected, one => one.code))
    note(`${path}: ${some.length} lines refused, ${code}: ${some[0]?.message.slice(0, 300)}`)
}

async function close(file: Followed): Promise<void> {
  if (!file.isDone) await file.log[Symbol.asyncDispose]()
  file.isDone = true
}
