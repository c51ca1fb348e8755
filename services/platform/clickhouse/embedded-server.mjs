// The embedded ClickHouse server's own process: it lends its main thread to libchdb, which never returns.
// Usage: node embedded-server.mjs LIBRARY DATA_DIR HTTP_PORT TCP_PORT. Ends when its standard input closes, that is, when its parent dies.
import { Worker, isMainThread, workerData } from 'node:worker_threads'
import { DataType, load, open } from 'ffi-rs'

const KEEP_SERVING =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM numbers(1000000000) ' +
  'SETTINGS function_sleep_max_microseconds_per_block=0, max_block_size=1 FORMAT Null'

if (isMainThread) {
  const [library, directory, httpPort, tcpPort] = process.argv.slice(2)
  // The parent's end of the pipe closes even when the parent is killed with SIGKILL.
  process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL')).resume()
  const worker = new Worker(new URL(import.meta.url), { workerData: { library, directory, httpPort, tcpPort } })
  worker.on('error', error => {
    process.stderr.write(`${error}\n`)
    process.exit(1)
  })
  worker.on('exit', () => process.exit(1))
} else {
  const { library, directory, httpPort, tcpPort } = workerData
  const commandLine = [
    'clickhouse',
    `--path=${directory}`,
    '--listen_host=127.0.0.1',
    `--http_port=${httpPort}`,
    `--tcp_port=${tcpPort}`,
    '--query',
    KEEP_SERVING,
  ]
  open({ library: 'chdb', path: library })
  load({
    library: 'chdb',
    funcName: 'chdb_query_cmdline',
    retType: DataType.External,
    paramsType: [DataType.I32, DataType.StringArray],
    paramsValue: [commandLine.length, commandLine],
  })
}
