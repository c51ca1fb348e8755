import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { Now } from './clock.ts'
import { AppError } from './errors.ts'
import { processFacts } from './process-facts.ts'

/** Who holds a data folder. */
const Holder = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  started: Type.String({ description: 'start of the process, as processFacts tells it; empty: not known' }),
  since: Type.String({ description: 'when the folder was taken, ISO 8601' }),
  what: Type.String({ description: 'what holds it, such as `weir standalone`' }),
})
type Holder = Static<typeof Holder>

/** The file in the folder that tells who holds it. */
export const LOCK_FILE = 'lock.json'

/** Whoever owns the folder is the only one who opens it. One of another owner, as a mounted volume may be, stays as it is. */
function closeToOthers(folder: string): void {
  if (statSync(folder).uid === process.getuid?.()) chmodSync(folder, 0o700)
}

/**
 * Takes a data folder for this process alone; disposing gives it back. A lock that a dead process left is taken over.
 * Throws DATA_FOLDER_TAKEN, which says who holds it and since when.
 */
export function lockFolder(folder: string, config: { what: string }, deps: { now: Now }): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  closeToOthers(folder)
  const file = join(folder, LOCK_FILE)
  const holder: Holder = {
    pid: process.pid,
    started: processFacts(process.pid)?.started ?? '',
    since: new Date(deps.now()).toISOString(),
    what: config.what,
  }
  while (!create(file, holder)) {
    const other = readHolder(file)
    if (other !== undefined && isAlive(other)) throw taken(folder, other)
    takeAway(file, other)
  }
  return {
    [Symbol.dispose]() {
      if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
    },
  }
}

function taken(folder: string, { what, pid, since }: Holder): AppError {
  return new AppError(
    'DATA_FOLDER_TAKEN',
    `the data folder ${folder} is in use by ${what} (process ${pid}) since ${since}: stop that first, or choose another with WEIR_DATA_DIR`,
  )
}

/** Writes the lock where there is none; false: there is one. */
function create(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(holder)}\n`, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes the lock of a dead holder, by a rename, so that of two that do so at once neither removes the other's new one. */
function takeAway(file: string, dead: Holder | undefined): void {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const found = readHolder(aside)
  if (found !== undefined && isAlive(found) && found.pid !== dead?.pid) renameSync(aside, file)
  else rmSync(aside, { force: true })
}

function readHolder(file: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Value.Check(Holder, holder) ? holder : undefined
  } catch {
    return undefined
  }
}

function isAlive({ pid, started }: Holder): boolean {
  const facts = processFacts(pid)
  if (facts !== undefined) return started === '' || facts.started === started
  if (started !== '') return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
