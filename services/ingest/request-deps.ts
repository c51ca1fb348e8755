import type { Now } from '../platform/clock.ts'
import type { Logger } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Tokens } from '../platform/tokens.ts'
import type { BodyReader } from './body-reader.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Publisher } from './publish.ts'
import type { RateLimit } from './rate-limit.ts'

/** What the routes share. */
export interface RequestDeps {
  tokens: Tokens | undefined
  metrics: Metrics<'ingest'>
  budget: ByteBudget
  rateLimit: RateLimit
  publisher: Publisher
  reader: BodyReader
  logger: Logger
  now: Now
}
