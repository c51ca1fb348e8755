/** All panels. */
import type { Panel } from './panel.ts'
import { fallbackPanels } from './panels/fallbacks.ts'
import { latencyPanels } from './panels/latency.ts'
import { poolPanels } from './panels/pools.ts'
import { providerPanels } from './panels/providers.ts'
import { usagePanels } from './panels/usage.ts'

export const panels: readonly Panel[] = [...usagePanels, ...latencyPanels, ...poolPanels, ...fallbackPanels, ...providerPanels]
