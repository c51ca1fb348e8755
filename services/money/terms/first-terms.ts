import { readFile } from 'node:fs/promises'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import { parseTerms } from './parse-terms.ts'
import { planTerms, readTermsText, storeTerms } from './terms-store.ts'

/**
 * Gives an installation that has no billing terms those of `config.termsFile`; without one, and where there are some, nothing is done. Of
 * several processes at once one does it. Rejects with TERMS_INVALID for a file that cannot be read or is faulty, and with ClickHouse's
 * errors.
 */
export async function importFirstTerms(
  config: { termsFile?: string | undefined },
  deps: { clickhouse: ClickHouse; nowMs: number },
): Promise<void> {
  const { termsFile } = config
  if (termsFile === undefined || (await readTermsText(deps.clickhouse)) !== undefined) return
  const text = await readText(termsFile)
  const plan = await planTerms(text, termsFile, deps.nowMs, deps.clickhouse)
  // Another process has done it between the two readings.
  if (plan.before.version > 0) return
  const trail = { kind: 'import', imported_by: 'weir', reason: 'there were no billing terms', source: termsFile } as const
  try {
    await storeTerms(text, plan, trail, deps.clickhouse)
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof AppError && error.code === 'TERMS_VERSION_TAKEN')) throw error
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new AppError('TERMS_INVALID', `${file}: the terms file cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Reads a terms file for what is wrong with it. Rejects with TERMS_INVALID. */
export async function checkTerms(file: string): Promise<void> {
  parseTerms(await readText(file), { file, version: 0 })
}
