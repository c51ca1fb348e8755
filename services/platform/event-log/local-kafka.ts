import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { delay } from '../clock.ts'
import { AppError } from '../errors.ts'
import { buildKafkaClient } from './kafka-client.ts'
import { kafkaJars } from './local-kafka-jars.ts'
import { openWatchedProcess, type WatchedProcess } from './local-kafka-process.ts'

const run = promisify(execFile)
const READY_WITHIN_MS = 90_000
const READY_POLL_MS = 200
/** A free port may be taken by someone else before Kafka binds it. */
const START_TRIES = 3
const DEFAULT_HEAP_MIB = 512

/** How the broker is started. */
export interface LocalKafkaConfig {
  /** Java heap in MiB; default 512. */
  heapMib?: number
}

/** A Kafka of one node on 127.0.0.1, for tests, the demo and benchmarks. Disposing kills it and removes its data. */
export interface LocalKafka extends AsyncDisposable {
  /** What clients connect to. */
  readonly brokers: readonly string[]
  /** Process id of the broker; undefined while it is down. */
  readonly pid: number | undefined
  /** Kills the broker as `kill -9` does; its data stays. */
  kill(): Promise<void>
  /** Starts a killed broker again, with its data and on its port; resolves when it answers. */
  restart(): Promise<void>
}

/**
 * Starts Kafka on free ports with its data in a temporary directory and resolves when a client can work with it. It ends with this
 * process, however that ends. Throws EVENT_LOG_KAFKA_NOT_INSTALLED without Java or Maven, EVENT_LOG_UNAVAILABLE when it does not start.
 */
export async function openLocalKafka(config: LocalKafkaConfig, deps: { say: (message: string) => void }): Promise<LocalKafka> {
  const jars = await kafkaJars(deps.say)
  for (let attempt = 1; ; attempt += 1) {
    const { process, broker } = await formattedBroker(jars, config)
    try {
      await process.start()
      await untilReady(broker, process)
      return localKafka(broker, process)
    } catch (thrown) {
      await process[Symbol.asyncDispose]()
      if (attempt === START_TRIES) throw thrown
    }
  }
}

function localKafka(broker: string, process: WatchedProcess): LocalKafka {
  async function restart(): Promise<void> {
    await process.start()
    await untilReady(broker, process)
  }
  return {
    brokers: [broker],
    get pid() {
      return process.pid
    },
    kill: process.kill,
    restart,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  }
}

async function formattedBroker(jars: string, config: LocalKafkaConfig): Promise<{ process: WatchedProcess; broker: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'weir-kafka-'))
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const java = [
    'java',
    `-Xmx${config.heapMib ?? DEFAULT_HEAP_MIB}m`,
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    join(jars, '*'),
  ] as const
  const settingsFile = join(directory, 'server.properties')
  const process = openWatchedProcess(directory, [...java, 'kafka.Kafka', settingsFile])
  await writeFile(settingsFile, serverProperties(port, controllerPort, join(directory, 'data')))
  // The command line tool takes an id that begins with a dash for an option.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  await run(java[0], [...java.slice(1), 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settingsFile])
  return { process, broker: `127.0.0.1:${port}` }
}

function serverProperties(port: number, controllerPort: number, dataDirectory: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=${dataDirectory}
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.initial.task.delay.ms=1000
log.retention.check.interval.ms=1000
num.network.threads=2
num.io.threads=4
`
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map(server => once(server, 'listening')))
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => promisify(server.close.bind(server))()))
  return ports
}

async function untilReady(broker: string, process: WatchedProcess): Promise<void> {
  const giveUpAtMs = performance.now() + READY_WITHIN_MS
  while (!(await answers(broker))) {
    if (process.pid === undefined || performance.now() > giveUpAtMs) {
      throw new AppError('EVENT_LOG_UNAVAILABLE', `The local Kafka did not start. The end of its log:\n${await process.logTail()}`)
    }
    await delay(READY_POLL_MS)
  }
}

/** Whether the broker answers and leads: the group coordinator needs a broker that the controller has let in. */
async function answers(broker: string): Promise<boolean> {
  const admin = buildKafkaClient({ brokers: [broker], clientId: 'weir-local-kafka' }).admin({ retry: { retries: 0 } })
  try {
    await admin.connect()
    const { brokers, controller } = await admin.describeCluster()
    return brokers.length === 1 && controller !== null
  } catch {
    return false
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
