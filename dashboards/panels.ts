/** All panels. */
import type { Panel } from './panel.ts'
import { alertPanels } from './panels/alerts.ts'
import { fallbackPanels } from './panels/fallbacks.ts'
import { latencyPanels } from './panels/latency.ts'
import { moneyPanels } from './panels/money.ts'
import { pipelinePanels } from './panels/pipeline.ts'
import { poolPanels } from './panels/pools.ts'
import { providerPanels } from './panels/providers.ts'
import { securityPanels } from './panels/security.ts'
import { usagePanels } from './panels/usage.ts'

export const panels: readonly Panel[] = [
  ...usagePanels,
  ...latencyPanels,
  ...poolPanels,
  ...fallbackPanels,
  ...providerPanels,
  ...moneyPanels,
  ...securityPanels,
  ...alertPanels,
  ...pipelinePanels,
]
