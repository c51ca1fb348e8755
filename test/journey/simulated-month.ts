import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { statInputs } from '../../services/cli/report/input-files.ts'
import { loadFiles } from '../../services/cli/report/load.ts'
import { importFirstTerms } from '../../services/money/terms/first-terms.ts'
import type { ClickHouse } from '../../services/platform/clickhouse/client.ts'
import { openPriceBookStore } from '../../services/settle/price-book-store.ts'
import { settleWindow } from '../settle/settle-one.ts'
import { simulateTraffic } from './simulated-traffic.ts'

/** The terms that the demo begins with. */
export const DEMO_TERMS = new URL('../../services/demo/simulation/terms.yaml', import.meta.url)

/**
 * Some minutes of the demo's platform before `nowMs`, read by the worker's own steps and settled, under the demo's billing terms and the
 * price list that comes with Weir: what a month of the demo is made of.
 */
export async function settleSimulatedMonth(clickhouse: ClickHouse, { nowMs, minutes }: { nowMs: number; minutes: number }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-month-'))
  try {
    const traffic = simulateTraffic({ seed: 1, minutes, nowMs })
    writeFileSync(join(folder, 'lines.ndjson'), traffic.lines.map(line => line.text).join('\n'))
    const config = { pool: '', ownDialects: [] }
    const deps = { clickhouse, standardInput: process.stdin, now: () => nowMs, onProgress: () => undefined }
    const loaded = await loadFiles(await statInputs([folder], nowMs), config, deps)
    await importFirstTerms({ termsFile: DEMO_TERMS.pathname }, { clickhouse, nowMs })
    const prices = await openPriceBookStore({}, { clickhouse })
    let clock = nowMs
    for (const window of loaded.windows) await settleWindow(window, { clickhouse, prices, now: () => ++clock })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
