/** A process that starts a ClickHouse, says where, and then does nothing: the test kills it. Usage: node embedded-parent.ts DIRECTORY */
import { openEmbeddedClickHouse } from '../../../services/platform/clickhouse/embedded.ts'

const server = await openEmbeddedClickHouse({ directory: process.argv[2] as string }, { logger: { warn: () => {} } })
process.stdout.write(`${JSON.stringify({ pid: server.pid(), url: server.url })}\n`)
