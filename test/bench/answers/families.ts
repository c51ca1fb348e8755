import { attacks } from './families/attacks.ts'
import { costFactors } from './families/cost-factors.ts'
import { egressBrownOut } from './families/egress.ts'
import { egressBreach, egressRecovery } from './families/egress-changes.ts'
import { fairnessPools } from './families/fairness.ts'
import { missingData } from './families/missing-data.ts'
import { rolloutCanaries } from './families/rollouts.ts'
import { saturationFamilies } from './families/saturation.ts'
import { verdictBurst, verdictStorm } from './families/storms.ts'
import { suspects } from './families/suspects.ts'
import { unexpectedHours } from './families/unexpected-hours.ts'
import { verdictOutage } from './families/verdict-outage.ts'
import { whyCauses } from './families/why.ts'
import type { Family, MadeUpFamily } from './family.ts'

/** Every family, by question. Each adds its own row. */
export const families: readonly (Family | MadeUpFamily)[] = [
  whyCauses,
  verdictOutage,
  verdictStorm,
  verdictBurst,
  egressBrownOut,
  egressRecovery,
  egressBreach,
  rolloutCanaries,
  fairnessPools,
  unexpectedHours,
  suspects,
  attacks,
  costFactors,
  missingData,
  ...saturationFamilies,
]
