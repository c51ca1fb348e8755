/**
 * What manifests of a platform declare, as far as the audit holds it against traffic: Gateway API (gateway.networking.k8s.io), Gateway API
 * Inference Extension (inference.networking.k8s.io), Envoy Gateway (gateway.envoyproxy.io) and Envoy AI Gateway (aigateway.envoyproxy.io).
 */

/** A route with where it may send calls. */
export interface DeclaredRoute {
  /** HTTPRoute or AIGatewayRoute. */
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Names of backends of all its rules. */
  readonly backends: readonly string[]
  /** Of those, the names of InferencePools. */
  readonly pools: readonly string[]
  /** Every rule has a timeout. */
  readonly hasTimeouts: boolean
}

/** A policy on a route's retries or rate. `targets`: names of what it is for. */
export interface DeclaredPolicy {
  readonly name: string
  readonly targets: readonly string[]
  /** Further tries; undefined: it says nothing of retries. */
  readonly retries: number | undefined
  readonly hasTimeout: boolean
  readonly hasRateLimit: boolean
}

/** Everything declared. */
export interface Declared {
  readonly routes: readonly DeclaredRoute[]
  readonly policies: readonly DeclaredPolicy[]
  readonly pools: readonly { readonly namespace: string; readonly name: string; readonly hasPicker: boolean }[]
  /** Names of pools that some InferenceObjective, or InferenceModel, gives a priority. */
  readonly prioritisedPools: readonly string[]
  readonly gateways: readonly { readonly namespace: string; readonly name: string }[]
  /** EnvoyProxy resources that declare an access log. */
  readonly loggingProxies: number
  readonly proxies: number
}
