/**
 * The embedded ClickHouse server's own process. libchdb blocks the thread that calls it for as long as the server runs,
 * so a worker thread watches standard input: it closes when the parent dies, even by SIGKILL, and then the server ends too.
 * Usage: node embedded-server.ts LIBRARY OPTIONS
 */
import { isMainThread, Worker } from 'node:worker_threads'
import { DataType, load, open } from 'ffi-rs'

const KEEP_SERVING =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM numbers(1000000000) ' +
  'SETTINGS function_sleep_max_microseconds_per_block=0, max_block_size=1 FORMAT Null'

if (isMainThread) {
  const [library = '', ...options] = process.argv.slice(2)
  new Worker(new URL(import.meta.url))
  const commandLine = ['clickhouse', ...options, '--query', KEEP_SERVING]
  // The watcher thread must be running before this thread is given away for good.
  setTimeout(() => {
    open({ library: 'chdb', path: library })
    load({
      library: 'chdb',
      funcName: 'chdb_query_cmdline',
      retType: DataType.External,
      paramsType: [DataType.I32, DataType.StringArray],
      paramsValue: [commandLine.length, commandLine],
    })
    process.exit(1)
  }, 50)
} else {
  const { readSync } = await import('node:fs')
  const byte = Buffer.alloc(1)
  for (;;) {
    try {
      if (readSync(0, byte) === 0) break
    } catch {
      break
    }
  }
  process.kill(process.pid, 'SIGKILL')
}
