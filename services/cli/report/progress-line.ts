import type { WriteStream } from 'node:tty'
import type { ReadProgress } from './load.ts'

/** One line on a terminal that says how far long work has come; silent when the output is not a terminal. */
export interface ProgressLine extends Disposable {
  say(what: string): void
  read(progress: ReadProgress): void
  settle(done: number, total: number): void
}

const LEAST_INTERVAL_MS = 200

/** Opens the line; disposing clears it. */
export function openProgressLine(output: Pick<WriteStream, 'write' | 'isTTY'>): ProgressLine {
  let lastMs = 0
  const show = (text: string, isForced = false) => {
    const nowMs = performance.now()
    if (!output.isTTY || (!isForced && nowMs - lastMs < LEAST_INTERVAL_MS)) return
    lastMs = nowMs
    output.write(`\r\u001b[K${text}`)
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
    settle: (done, total) => show(`settling minute ${done + 1} of ${total}`),
    [Symbol.dispose]: () => {
      if (output.isTTY) output.write('\r\u001b[K')
    },
  }
}
