/** Small faults, planted one at a time by run-mutants.ts: what a tired hand or a hasty merge does to the lines that much hangs on. */

import { moneyFaults } from './money-faults.ts'

/** One fault. `find` stands exactly once in `file`; `tests` are the files that are to notice. */
export interface PlantedFault {
  area: string
  /** What the fault does, as a sentence part. */
  name: string
  file: string
  find: string
  put: string
  tests: readonly string[]
  /** Why no test notices it, where that is right: it changes nothing that anybody can observe. */
  survives?: string
}

const log = 'services/platform/event-log'

/** All planted faults. */
export const plantedFaults: readonly PlantedFault[] = [
  {
    area: 'event log',
    name: 'a commit of the embedded log is not synced to disk',
    file: `${log}/embedded-database.ts`,
    find: 'PRAGMA synchronous = FULL',
    put: 'PRAGMA synchronous = NORMAL',
    tests: ['test/platform/event-log/embedded.test.ts'],
  },
  {
    area: 'event log',
    name: 'Kafka answers before all replicas have a record',
    file: `${log}/kafka-send.ts`,
    find: 'const ACKS_ALL = -1',
    put: 'const ACKS_ALL = 1',
    tests: ['test/platform/event-log/kafka-send.test.ts'],
  },
  {
    area: 'event log',
    name: 'a partition that no broker confirmed counts as stored',
    file: `${log}/kafka-send.ts`,
    find: 'answer.errorCode === 0',
    put: 'answer.errorCode >= 0',
    tests: ['test/platform/event-log/kafka-send.test.ts'],
  },
  {
    area: 'event log',
    name: 'a commit may move backwards',
    file: `${log}/kafka-commit.ts`,
    find: 'if (nextOffset <= tenure.committedOffset) return',
    put: 'if (nextOffset < 0) return',
    tests: ['test/platform/event-log/kafka-commit.test.ts'],
  },
  {
    area: 'ingest',
    name: 'a sender may hold all of the byte budget',
    file: 'services/ingest/byte-budget.ts',
    find: 'const SENDER_SHARE = 0.5',
    put: 'const SENDER_SHARE = 1',
    tests: ['test/ingest/work-of-a-request.test.ts'],
  },
  {
    area: 'ingest',
    name: 'bytes of a request are given back twice',
    file: 'services/ingest/byte-budget.ts',
    find: 'leasedBytes += bytes\n',
    put: '',
    tests: ['test/ingest/access-logs.test.ts', 'test/ingest/work-of-a-request.test.ts'],
  },
  {
    area: 'worker',
    name: 'a line exactly 35 days old is refused',
    file: 'services/worker/decode/accept-time.ts',
    find: 'if (atMs >= accept.acceptFromMs',
    put: 'if (atMs > accept.acceptFromMs',
    tests: ['test/worker/decode/decode-lines.test.ts'],
  },
  {
    area: 'money',
    name: 'a unit that is left over goes to the smallest remainder',
    file: 'services/money/share-out.ts',
    find: 'a.remainder > b.remainder ? -1 : 1',
    put: 'a.remainder > b.remainder ? 1 : -1',
    tests: ['test/money/pools/allocate-period.test.ts', 'test/money/statements/build-statement.test.ts'],
  },
  {
    area: 'money',
    name: 'halves are rounded up, not to even',
    file: 'services/money/decimal.ts',
    find: 'doubled > divisor || (doubled === divisor && quotient % 2n === 1n)',
    put: 'doubled >= divisor',
    tests: ['test/money/decimal.test.ts'],
  },
  {
    area: 'money',
    name: 'two reservations of one holder overwrite each other',
    file: 'services/money/pools/idle-policy.ts',
    find: 'reserved.set(tenant_id, (reserved.get(tenant_id) ?? 0) + gpus)',
    put: 'reserved.set(tenant_id, gpus)',
    tests: ['test/money/pools/allocate-period.test.ts'],
  },
  ...moneyFaults,
]
