import { verdictOutage } from './families/verdict-outage.ts'
import type { Family } from './family.ts'

/** Every family, by question. Each adds its own row. */
export const families: readonly Family[] = [verdictOutage]
