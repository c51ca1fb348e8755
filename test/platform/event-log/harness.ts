import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { AppError, ErrorCode } from '../../../services/platform/errors.ts'
import type { ConsumeHandlers, ConsumeOptions, Consumer, EventLog, LogRecord } from '../../../services/platform/event-log/port.ts'
import type { ChildLog, ChildTask } from './child.ts'

/** Retention of topics whose records are to stay. */
export const DAY_MS = 24 * 60 * 60 * 1000

/** What the conformance tests need of an adapter. */
export interface Harness {
  /** A log that the tests share. */
  log: EventLog
  /** Opens the same log once more. */
  open(): Promise<EventLog>
  /** How a child process opens it. */
  childLog: ChildLog
  /** Stores a group's position behind the adapter's back. */
  setCommitted(group: string, topic: string, partition: number, offset: number): Promise<void>
}

/** Waits for a condition; the ceiling only turns a hang into a failure, it is no expectation of speed. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 60_000
  while (!(await condition())) {
    assert.ok(Date.now() < giveUpAt, `never happened: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** A member that keeps what it reads. */
export interface Collector extends AsyncDisposable {
  consumer: Consumer
  records: LogRecord[]
  assigned: Set<number>
}

/** Joins a group and keeps what is read; with `commits` each batch is committed. */
export async function collect(
  log: EventLog,
  options: ConsumeOptions,
  { commits = false, onBatch, onGap }: { commits?: boolean; onBatch?: ConsumeHandlers['onBatch']; onGap?: ConsumeHandlers['onGap'] } = {},
): Promise<Collector> {
  const records: LogRecord[] = []
  const assigned = new Set<number>()
  const ready = Promise.withResolvers<Consumer>()
  const consumer = await log.consume(
    { maxWaitMs: 10, ...options },
    {
      async onBatch(batch) {
        records.push(...batch.records)
        await onBatch?.(batch)
        if (commits) await (await ready.promise).commit(batch.topic, batch.partition, nextOffset(batch.records))
      },
      onAssigned(_, partitions) {
        for (const partition of partitions) assigned.add(partition)
      },
      onRevoked(_, partitions) {
        for (const partition of partitions) assigned.delete(partition)
      },
      ...(onGap && { onGap }),
    },
  )
  ready.resolve(consumer)
  return { consumer, records, assigned, [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose]() }
}

/** The position after the last of these records. */
export function nextOffset(records: readonly LogRecord[]): number {
  return (records.at(-1)?.offset ?? -1) + 1
}

/** Values as text, in the order read. */
export function texts(records: readonly LogRecord[]): string[] {
  return records.map(record => Buffer.from(record.value).toString('utf8'))
}

/** Records with these texts as values. */
export function textRecords(values: readonly string[], rest: { key?: string; partition?: number } = {}) {
  return values.map(value => ({ ...rest, value: Buffer.from(value) }))
}

/** For assert.rejects: an AppError with this code. */
export function withCode(code: ErrorCode): (thrown: unknown) => boolean {
  return thrown => {
    assert.equal((thrown as AppError).code, code, String(thrown))
    return true
  }
}

/** A child process and the lines it has printed so far. */
export interface Child extends AsyncDisposable {
  lines: string[]
  /** Kills it as `kill -9` does and waits until it is gone. */
  kill(): Promise<void>
}

/** Starts child.ts with a task. */
export function startChild(task: ChildTask): Child {
  return startProgram('child.ts', [JSON.stringify(task)])
}

/** Starts a program of this folder. */
export function startProgram(name: string, args: readonly string[] = []): Child {
  const program = fileURLToPath(new URL(name, import.meta.url))
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, ...args])
  const lines: string[] = []
  let errors = ''
  createInterface({ input: child.stdout }).on('line', line => lines.push(line))
  child.stderr.on('data', data => {
    errors += String(data)
  })
  const exited = once(child, 'exit')
  async function kill(): Promise<void> {
    assert.equal(child.exitCode, null, `the child ended by itself: ${errors}`)
    child.kill('SIGKILL')
    await exited
  }
  async function dispose(): Promise<void> {
    child.kill('SIGKILL')
    await exited
  }
  return { lines, kill, [Symbol.asyncDispose]: dispose }
}

/** A topic of its own for a test; a day of retention unless it is told. */
export async function newTopic({ log }: Harness, partitions = 1, retentionMs = DAY_MS): Promise<string> {
  const name = `test.${randomUUID()}`
  await log.createTopics([{ name, partitions, retentionMs }])
  return name
}

/** '0', '1', … as many as asked for. */
export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}

/** A directory that is removed at the end of its scope. */
export function temporaryDirectory(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'weir-event-log-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}
