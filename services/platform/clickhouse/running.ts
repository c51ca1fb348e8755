import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'

/** How other processes on this machine reach a standalone that keeps its data in a folder. */
const Running = Type.Object({
  clickhouse_url: Type.String({ pattern: '^http://127\\.0\\.0\\.1:\\d+$', description: 'its embedded server' }),
  clickhouse_user: Type.String(),
  clickhouse_password: Type.String(),
  brokers: Type.Array(Type.String(), { description: 'of its Kafka; empty: the embedded event log in the same folder' }),
})
export type Running = Static<typeof Running>

const FILE_NAME = 'running.json'
const PING_TIMEOUT_MS = 2_000
const runningCheck = Compile(Running)

/**
 * Says in the data folder where the embedded server is; disposing takes it back. A crash leaves the file behind, which
 * is why finders ask the server.
 */
export function announceRunning(dataDir: string, running: Running): Disposable {
  const file = join(dataDir, FILE_NAME)
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(running)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) }
}

/** The standalone that runs on the folder, or undefined: none, or its server does not answer. */
export async function findRunning(dataDir: string): Promise<Running | undefined> {
  let running: unknown
  try {
    running = JSON.parse(readFileSync(join(dataDir, FILE_NAME), 'utf8'))
  } catch {
    return undefined
  }
  if (!runningCheck.Check(running)) return undefined
  const answers = await fetch(`${running.clickhouse_url}/ping`, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) }).then(
    async answer => (await answer.text()).trim() === 'Ok.',
    () => false,
  )
  return answers ? running : undefined
}
