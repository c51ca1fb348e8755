import type { PlatformConfig } from '../platform-model.ts'
import type { RequestTruth } from '../truth.ts'
import { renderCanonical } from './canonical.ts'
import { renderEnvoy } from './envoy.ts'
import { renderKong } from './kong.ts'
import { renderLitellm } from './litellm.ts'

/** Renders finished requests as the lines that their gateways write. */
export type RenderRequest = (request: RequestTruth) => string[]

/**
 * A renderer for the platform's gateways. A request gives any number of lines, none where the gateway is silent; lines have no line breaks.
 */
export function buildRenderer(platform: PlatformConfig): RenderRequest {
  const services = new Map(
    platform.routes.map(route => [route.name, route.backends.find(backend => backend.upstream_kind === 'pool')?.upstream ?? route.name]),
  )
  return request => {
    switch (request.dialect) {
      case 'canonical':
        return renderCanonical(request)
      case 'envoy':
        return [renderEnvoy(request)]
      case 'kong':
        return [renderKong(request, services.get(request.route) ?? request.route)]
      case 'litellm':
        return renderLitellm(request)
    }
  }
}
