import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe } from 'node:test'
import { openEmbeddedEventLog } from '../../../services/platform/event-log/embedded.ts'
import type { EventLog } from '../../../services/platform/event-log/port.ts'
import { testConformance } from './conformance.ts'

describe('embedded event log', () => {
  const directory = mkdtempSync(join(tmpdir(), 'weir-event-log-'))
  const open = () => openEmbeddedEventLog({ directory, retentionIntervalMs: 200 }, { now: Date.now })
  let log: EventLog

  before(async () => {
    log = await open()
  })
  after(async () => {
    await log[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true })
  })

  async function setCommitted(group: string, topic: string, partition: number, offset: number): Promise<void> {
    using db = new DatabaseSync(join(directory, 'event-log.db'), { timeout: 10_000 })
    db.prepare('INSERT INTO committed (group_name, topic, partition, next_offset) VALUES (?, ?, ?, ?)').run(group, topic, partition, offset)
  }

  testConformance(() => ({ log, open, childLog: { kind: 'embedded', directory }, setCommitted }))
})
