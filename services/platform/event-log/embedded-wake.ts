import type { DatabaseSync } from 'node:sqlite'

/** How often the file is looked at for commits of other processes, in milliseconds. */
const POLL_MS = 25

/** Tells listeners that the file changed, whoever changed it. */
export interface WakeUp extends Disposable {
  /** Calls `listener` after every commit of this process at once, and of other processes within POLL_MS. Returns how to end it. */
  listen(listener: () => void): () => void
  /** Says that this process committed. */
  notify(): void
}

/** Builds the wake-up of one connection. It looks at the file only while somebody listens. */
export function buildWakeUp(db: DatabaseSync): WakeUp {
  const listeners = new Set<() => void>()
  // data_version changes when another connection has committed, and costs no read of tables (sqlite.org/pragma.html#pragma_data_version).
  const dataVersion = db.prepare('PRAGMA data_version')
  let lastVersion: unknown
  let timer: NodeJS.Timeout | undefined

  function notify(): void {
    for (const listener of [...listeners]) listener()
  }

  function poll(): void {
    const version = readVersion()
    if (version === lastVersion) return
    lastVersion = version
    notify()
  }

  /** Undefined while another process recovers the file: that counts as a change, and so does the version after it. */
  function readVersion(): unknown {
    try {
      return dataVersion.get()?.['data_version']
    } catch {
      return undefined
    }
  }

  function stopIfUnused(): void {
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  function listen(listener: () => void): () => void {
    listeners.add(listener)
    timer ??= setInterval(poll, POLL_MS)
    return () => {
      listeners.delete(listener)
      stopIfUnused()
    }
  }

  function dispose(): void {
    listeners.clear()
    stopIfUnused()
  }

  return { listen, notify, [Symbol.dispose]: dispose }
}
