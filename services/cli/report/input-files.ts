import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, messageOf } from '../../platform/errors.ts'

/** One input: a path, or `-` for standard input. */
export interface InputFile {
  name: string
  /** Bytes on disk; undefined for standard input. */
  sizeBytes: number | undefined
  /** When it was last written, ms; for standard input the time of reading. It dates expositions, which carry no time of their own. */
  modifiedMs: number
}

/**
 * Looks at the inputs before anything is read. A folder stands for the files in it and in its folders; a file named twice is read once.
 * REPORT_FILE_UNREADABLE names the file and what is wrong with it.
 */
export async function statInputs(names: readonly string[], nowMs: number): Promise<InputFile[]> {
  const found = new Map<string, InputFile>()
  for (const name of names) {
    try {
      for (const file of await inputsAt(name, nowMs)) found.set(file.name, file)
    } catch (error) {
      throw new AppError('REPORT_FILE_UNREADABLE', `${name}: ${messageOf(error)}`, { cause: error })
    }
  }
  return [...found.values()]
}

async function inputsAt(name: string, nowMs: number): Promise<InputFile[]> {
  if (name === '-') return [{ name, sizeBytes: undefined, modifiedMs: nowMs }]
  const facts = await stat(name)
  if (!facts.isDirectory()) return [{ name, sizeBytes: facts.size, modifiedMs: Math.min(facts.mtimeMs, nowMs) }]
  const inner = (await readdir(name)).filter(entry => !entry.startsWith('.')).sort()
  return (await Promise.all(inner.map(entry => inputsAt(join(name, entry), nowMs)))).flat()
}
