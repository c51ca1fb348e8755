import { readFileSync } from 'node:fs'
import { parseTargetsConfig } from '../../ingest/discovery/targets-config.ts'
import type { Terms } from '../../money/terms/terms.ts'
import { type GapFacts, termsGaps } from '../../money/terms/terms-gaps.ts'
import { AppError, messageOf } from '../../platform/errors.ts'
import type { CommandContext } from '../command.ts'

/** Currency of the price lists that Weir ships and reads (LiteLLM, OpenRouter). */
const LIST_CURRENCY = 'USD'

/** Notes what the terms leave open, a line each. SETTINGS_INVALID for a targets file that cannot be read. */
export function noteGaps(terms: Omit<Terms, 'version'>, { note, now, settings }: CommandContext, priceCurrencies = [LIST_CURRENCY]): void {
  const gaps = termsGaps(terms, { nowMs: now(), priceCurrencies, scrapedPools: poolsOfTargets(settings.files.targets) })
  if (gaps.length === 0) return
  note(`it leaves open what the first requests or drafts would stumble over (${gaps.length}):`)
  for (const gap of gaps) note(`- ${gap}`)
}

function poolsOfTargets(path: string | undefined): GapFacts['scrapedPools'] {
  if (path === undefined) return []
  const { targets, dns, kubernetes } = parseTargetsConfig(textOf(path), path)
  if (kubernetes.some(source => source.from_pod?.['pool'] !== undefined)) return undefined
  return [...targets.map(target => target.pool), ...[...dns, ...kubernetes].map(source => source.labels?.['pool'] ?? '')]
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new AppError('SETTINGS_INVALID', `the targets file ${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
