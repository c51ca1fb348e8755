import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { AppError, messageOf } from '../errors.ts'

const KAFKA_VERSION = '4.1.0'
const FETCH_TIMEOUT_MS = 10 * 60 * 1000
const CACHE_DIRECTORY = fileURLToPath(new URL('../../../.cache/', import.meta.url))

const run = promisify(execFile)

const pom = `<project><modelVersion>4.0.0</modelVersion><groupId>weir</groupId><artifactId>local-kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`

/**
 * The directory with Kafka's jars, in the repository's `.cache`. Fetched from Maven Central the first time (43 MB); `say` hears of it, as
 * it may take a minute. Throws EVENT_LOG_KAFKA_NOT_INSTALLED.
 */
export async function kafkaJars(say: (message: string) => void): Promise<string> {
  await runTool('java', ['-version'])
  const directory = join(CACHE_DIRECTORY, `kafka-${KAFKA_VERSION}`)
  if (!(await exists(directory))) {
    say(`Fetching Kafka ${KAFKA_VERSION} with Maven, once, about 43 MB.`)
    await fetchInto(directory)
  }
  return join(directory, 'lib')
}

/**
 * Fetches beside the final place and renames: two that fetch at once do not mix, and an interrupted one leaves nothing that looks complete.
 */
async function fetchInto(directory: string): Promise<void> {
  await mkdir(CACHE_DIRECTORY, { recursive: true })
  const partial = await mkdtemp(`${directory}.partial-`)
  try {
    await writeFile(join(partial, 'pom.xml'), pom)
    await runTool('mvn', [
      '-q',
      '-B',
      '-f',
      join(partial, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${join(partial, 'lib')}`,
    ])
    await rename(partial, directory)
  } catch (thrown) {
    if (!(await exists(directory))) throw thrown
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

async function runTool(command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { timeout: FETCH_TIMEOUT_MS })
  } catch (thrown) {
    throw new AppError(
      'EVENT_LOG_KAFKA_NOT_INSTALLED',
      `A local Kafka needs java (17 or later) and mvn on PATH; ${command} failed: ${messageOf(thrown)}`,
      {
        cause: thrown,
      },
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
