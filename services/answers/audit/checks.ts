import type { Check } from './check.ts'
import { boundaryChecks } from './checks-boundaries.ts'
import { entryChecks } from './checks-entry.ts'
import { shareChecks } from './checks-shares.ts'
import { signalChecks } from './checks-signals.ts'

/** Every check of the audit, by file; the audit orders them by layer. */
export const checks: readonly Check[] = [...entryChecks, ...boundaryChecks, ...shareChecks, ...signalChecks]
