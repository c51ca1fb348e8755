/** The billing terms in ClickHouse: versions are added, whole, and never changed. */
import { createHash } from 'node:crypto'
import type { ClickHouse } from '../../platform/clickhouse/client.ts'
import { readQuery } from '../../platform/clickhouse/read-query.ts'
import { AppError } from '../../platform/errors.ts'
import { defaultTerms, parseTerms } from './parse-terms.ts'
import { pastChanges } from './past-changes.ts'
import type { Terms } from './terms.ts'

/** Who brings a version in, why, and how: `correct` may change the past, `import` never does. */
export interface TermsTrail {
  kind: 'import' | 'correct'
  imported_by: string
  reason: string
  source: string
}

/** What an import would make of the terms. */
export interface TermsPlan {
  before: Terms
  after: Terms
  /** The text is that of the version in force. */
  isSame: boolean
  /** Entries that decide amounts before now differently. */
  past: readonly string[]
}

const storedSql = readQuery(import.meta.url, 'stored-terms')
const writeSql = readQuery(import.meta.url, 'write-terms')

interface Stored {
  version: number
  source: string
  content: string
  content_sha256: string
}

/**
 * The terms in force, or those of a version; version 0 holds where none was imported. Rejects with TERMS_INVALID for a version that there
 * is not.
 */
export async function readTerms(clickhouse: Pick<ClickHouse, 'query'>, version?: number): Promise<Terms> {
  const stored = await readStored(clickhouse, version)
  if (stored) return parseTerms(stored.content, { file: `billing terms, version ${stored.version}`, version: stored.version })
  if (version === undefined || version === 0) return defaultTerms
  throw new AppError('TERMS_INVALID', `there is no version ${version} of the billing terms: \`weir terms history\` lists them`)
}

/** The text of the terms in force, or of a version; undefined: there is none. */
export async function readTermsText(clickhouse: ClickHouse, version?: number): Promise<string | undefined> {
  return (await readStored(clickhouse, version))?.content
}

/** What importing the text would do at `nowMs`; nothing is written. Rejects with TERMS_INVALID for a faulty document. */
export async function planTerms(text: string, file: string, nowMs: number, clickhouse: ClickHouse): Promise<TermsPlan> {
  const stored = await readStored(clickhouse)
  const before = await readTerms(clickhouse)
  const after = parseTerms(text, { file, version: before.version + 1 })
  return { before, after, isSame: stored?.content_sha256 === sha256(text), past: pastChanges(before, after, nowMs) }
}

/**
 * Adds the text as the next version. An import that changes the past is refused with TERMS_INVALID that names the entries, except as the
 * first version: then nothing was agreed on before. TERMS_VERSION_TAKEN when another import was faster.
 */
export async function storeTerms(text: string, plan: TermsPlan, trail: TermsTrail, clickhouse: ClickHouse): Promise<void> {
  if (trail.kind === 'import' && plan.before.version > 0 && plan.past.length > 0) {
    throw new AppError(
      'TERMS_INVALID',
      `these entries would change what was agreed on in the past: ${plan.past.join('; ')}. Give them a valid_from in the future, or ` +
        `use \`weir terms correct\` with a reason`,
    )
  }
  const content_sha256 = sha256(text)
  await clickhouse.command(writeSql, { ...trail, version: plan.after.version, content: text, content_sha256 })
  const stored = await readStored(clickhouse, plan.after.version)
  if (stored?.content_sha256 !== content_sha256) {
    throw new AppError(
      'TERMS_VERSION_TAKEN',
      `version ${plan.after.version} of the billing terms was taken by another import; run this one again`,
    )
  }
}

async function readStored(clickhouse: Pick<ClickHouse, 'query'>, version = 0): Promise<Stored | undefined> {
  const [stored] = await clickhouse.query<Stored>(storedSql, { version })
  return stored
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
