import type { Check } from './check.ts'
import { boundaryChecks } from './checks-boundaries.ts'
import { entryChecks } from './checks-entry.ts'
import { signalChecks } from './checks-signals.ts'

/** Every check of the audit, in the order of the layers. */
export const checks: readonly Check[] = [...entryChecks, ...boundaryChecks, ...signalChecks]
