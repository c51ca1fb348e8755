import type { WriteStream } from 'node:tty'
import { SECOND } from '../../platform/clock.ts'
import type { ReadProgress } from './load.ts'

/** Says how far long work has come: one line that changes on a terminal, else a line every few seconds, as a log keeps it. */
export interface ProgressLine extends Disposable {
  say(what: string): void
  read(progress: ReadProgress): void
  settle(done: number, total: number): void
}

const LEAST_INTERVAL_MS = 200
/** Off a terminal: work that ends sooner says nothing but its results. */
const PLAIN_INTERVAL_MS = 3 * SECOND

/** Opens the line; disposing clears it. `now`: milliseconds of any clock that only goes forward. */
export function openProgressLine(output: Pick<WriteStream, 'write' | 'isTTY'>, now: () => number = () => performance.now()): ProgressLine {
  let lastMs = now()
  const show = (text: string, isForced = false) => {
    const nowMs = now()
    if (!(output.isTTY && isForced) && nowMs - lastMs < (output.isTTY ? LEAST_INTERVAL_MS : PLAIN_INTERVAL_MS)) return
    lastMs = nowMs
    output.write(output.isTTY ? `\r\u001b[K${text}` : `weir report: ${text}\n`)
  }
  return {
    say: what => show(what, true),
    read({ file, doneBytes, totalBytes, lines }) {
      const part =
        totalBytes === undefined || totalBytes === 0
          ? `${Math.round(doneBytes / 1e6)} MB`
          : `${Math.floor((100 * doneBytes) / totalBytes)} %`
      show(`reading ${file}: ${part}, ${lines.toLocaleString('en-US')} lines`)
    },
    settle: (done, total) => show(`${done} of ${total} minutes are settled`),
    [Symbol.dispose]: () => {
      if (output.isTTY) output.write('\r\u001b[K')
    },
  }
}
