import { readFile, stat } from 'node:fs/promises'
import { messageOf } from './errors.ts'

/** The latest good content of a file. Disposing stops watching. */
export interface WatchedFile<T> extends AsyncDisposable {
  current(): T
  /** Looks at the file now; resolves when its content, if new, is current. Called by the timer, and by tests. */
  refresh(): Promise<void>
}

/** What is said about a watched file. */
export interface WatchedFileLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/**
 * Opens a file that operators change while the process runs. `parse` turns its text into a value or throws.
 * The first reading must succeed: its error is thrown on. A later faulty or missing file keeps the last good content and is logged once per
 * change. The file is polled (size, times, inode), because change notifications do not cross mounts and replaced links.
 */
export async function openWatchedFile<T>(
  config: { path: string; intervalMs?: number; parse: (text: string) => T },
  deps: { logger: WatchedFileLogger },
): Promise<WatchedFile<T>> {
  const { path, parse } = config
  let seen = await signatureOf(path)
  let value = parse(await readFile(path, 'utf8'))
  const refresh = async () => {
    const signature = await signatureOf(path).catch(messageOf)
    if (signature === seen) return
    seen = signature
    try {
      value = parse(await readFile(path, 'utf8'))
      deps.logger.info({ path }, 'the file changed and was read again')
    } catch (error) {
      deps.logger.warn({ path, err: error }, 'the file changed but cannot be used; the last good content stays in force')
    }
  }
  let running: Promise<void> | undefined
  const timer = setInterval(() => {
    running ??= refresh().finally(() => {
      running = undefined
    })
  }, config.intervalMs ?? 1_000)
  timer.unref()
  return {
    current: () => value,
    refresh,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}

async function signatureOf(path: string): Promise<string> {
  const { size, mtimeMs, ctimeMs, ino } = await stat(path)
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`
}
