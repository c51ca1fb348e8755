import { cpus, loadavg, totalmem } from 'node:os'

/** What a measurement ran on; figures without it say nothing. */
export interface Machine {
  date: string
  cpu: string
  cores: number
  memory_gb: number
  node: string
  clickhouse: string
  /** Load average of the last minute before measuring: what others were using. */
  load_before: number
}

/** Describes this machine; `clickhouse` is the server's version text. */
export function describeMachine(clickhouse: string): Machine {
  return {
    date: new Date().toISOString().slice(0, 19).concat('Z'),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    clickhouse,
    load_before: Number(loadavg()[0]?.toFixed(2)),
  }
}
