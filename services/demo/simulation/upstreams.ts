import { Engine, type EngineListener } from './engine.ts'
import type { PlannedIncident } from './incident.ts'
import type { BackendConfig, PlatformConfig, PoolConfig, ProviderModelConfig, RouteConfig } from './platform-model.ts'
import { Provider } from './provider.ts'
import { RandomStream } from './random.ts'

/** The engines of one pool. */
export class Pool<Owner> {
  readonly config: PoolConfig
  readonly engines: readonly Engine<Owner>[]
  private turn = 0

  constructor(config: PoolConfig, startMs: number, listener: EngineListener<Owner>) {
    this.config = config
    this.engines = config.endpoints.map(endpoint => new Engine(config, endpoint, startMs, listener))
  }

  /** The engine with the fewest requests that is up; equal ones take turns. */
  leastLoaded(): Engine<Owner> | undefined {
    const { engines } = this
    let best: Engine<Owner> | undefined
    this.turn = (this.turn + 1) % engines.length
    for (let step = 0; step < engines.length; step++) {
      const engine = engines[(this.turn + step) % engines.length] as Engine<Owner>
      if (!engine.isUp) continue
      if (best === undefined || engine.running + engine.waiting < best.running + best.waiting) best = engine
    }
    return best
  }
}

/** Where an attempt may go: one pool or one model of one provider. */
export type Backend<Owner> =
  | { kind: 'pool'; config: BackendConfig; pool: Pool<Owner> }
  | { kind: 'provider'; config: BackendConfig; provider: Provider; model: ProviderModelConfig }

/** A route with its backends resolved: one list per priority, in order of priority. */
export interface ResolvedRoute<Owner> {
  config: RouteConfig
  tiers: Backend<Owner>[][]
}

/** All pools and providers of a platform, and its routes resolved to them. */
export interface Upstreams<Owner> {
  pools: ReadonlyMap<string, Pool<Owner>>
  routes: ReadonlyMap<string, ResolvedRoute<Owner>>
}

/** Builds pools and providers and resolves the routes. Throws a RangeError where the data names something that is not there. */
export function buildUpstreams<Owner>(
  platform: PlatformConfig,
  incidents: readonly PlannedIncident[],
  seed: number,
  startMs: number,
  listener: EngineListener<Owner>,
): Upstreams<Owner> {
  const pools = new Map(platform.pools.map(config => [config.name, new Pool(config, startMs, listener)]))
  const providers = new Map(
    platform.providers.map(config => [
      config.name as string,
      new Provider(config, incidents, startMs, new RandomStream(seed, `provider/${config.name}`)),
    ]),
  )
  const resolve = (config: BackendConfig): Backend<Owner> => {
    const pool = pools.get(config.upstream)
    if (config.upstream_kind === 'pool' && pool !== undefined) return { kind: 'pool', config, pool }
    const provider = providers.get(config.upstream)
    if (config.upstream_kind === 'provider' && provider !== undefined) {
      return { kind: 'provider', config, provider, model: provider.model(config.model) }
    }
    throw new RangeError(`no ${config.upstream_kind} is named ${config.upstream}`)
  }
  const routes = new Map(
    platform.routes.map(config => {
      const priorities = [...new Set(config.backends.map(backend => backend.priority))].sort((a, b) => a - b)
      const tiers = priorities.map(priority => config.backends.filter(backend => backend.priority === priority).map(resolve))
      return [config.name, { config, tiers }]
    }),
  )
  return { pools, routes }
}
