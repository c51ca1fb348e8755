import { parseAllDocuments } from 'yaml'
import { AppError } from '../../platform/errors.ts'
import type { Declared, DeclaredPolicy, DeclaredRoute } from './declared.ts'

type Json = Readonly<Record<string, unknown>>

/** A file of manifests. */
export interface ManifestFile {
  readonly name: string
  readonly text: string
}

/**
 * Reads files of manifests: YAML with any number of documents, or JSON, as `kubectl get -o yaml` gives them (a List among them). Kinds that
 * the audit does not know are left out. Throws MANIFEST_INVALID with file, line and what was expected, all faults at once.
 */
export function parseManifests(files: readonly ManifestFile[]): Declared {
  const faults: string[] = []
  const resources = files.flatMap(file => resourcesOf(file, faults))
  if (faults.length > 0) throw new AppError('MANIFEST_INVALID', faults.join('\n'))
  const ofKind = (...kinds: string[]) => resources.filter(one => kinds.includes(text(one['kind'])))
  const proxies = ofKind('EnvoyProxy')
  return {
    routes: ofKind('HTTPRoute', 'GRPCRoute', 'AIGatewayRoute').map(routeOf),
    policies: ofKind('BackendTrafficPolicy').map(policyOf),
    pools: ofKind('InferencePool').map(one => ({ ...placeOf(one), hasPicker: hasPicker(record(one['spec'])) })),
    prioritisedPools: ofKind('InferenceObjective', 'InferenceModel').map(one => text(record(record(one['spec'])['poolRef'])['name'])),
    gateways: ofKind('Gateway').map(placeOf),
    proxies: proxies.length,
    loggingProxies: proxies.filter(declaresLog).length,
  }
}

function resourcesOf({ name, text: content }: ManifestFile, faults: string[]): Json[] {
  const documents = parseAllDocuments(content)
  if (!Array.isArray(documents)) return []
  return documents.flatMap(document => {
    const [error] = document.errors
    if (error !== undefined) {
      faults.push(`${name}:${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]}, expected YAML or JSON of Kubernetes`)
      return []
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (value === null) return []
    const found = record(value)
    if (typeof found['kind'] !== 'string') {
      faults.push(`${name}: a document has no kind, expected resources of Kubernetes as kubectl get -o yaml gives them`)
      return []
    }
    return found['kind'].endsWith('List') ? list(found['items']).map(record) : [found]
  })
}

function routeOf(resource: Json): DeclaredRoute {
  const rules = list(record(resource['spec'])['rules']).map(record)
  const references = rules.flatMap(rule => list(rule['backendRefs']).map(record))
  return {
    kind: text(resource['kind']),
    ...placeOf(resource),
    backends: names(references),
    pools: names(references.filter(one => one['kind'] === 'InferencePool')),
    hasTimeouts: rules.length > 0 && rules.every(rule => Object.keys(record(rule['timeouts'])).length > 0),
  }
}

function policyOf(resource: Json): DeclaredPolicy {
  const spec = record(resource['spec'])
  const targets = [...list(spec['targetRefs']).map(record), record(spec['targetRef'])]
  const retry = record(spec['retry'])
  return {
    name: text(record(resource['metadata'])['name']),
    targets: names(targets),
    // Envoy Gateway tries twice more where a retry is declared without a number.
    retries: spec['retry'] === undefined ? undefined : Number(retry['numRetries'] ?? 2),
    hasTimeout: spec['timeout'] !== undefined || record(retry['perRetry'])['timeout'] !== undefined,
    hasRateLimit: spec['rateLimit'] !== undefined,
  }
}

/** The reference to a picker is called endpointPickerRef from v1 on, extensionRef before. */
const hasPicker = (spec: Json) => spec['endpointPickerRef'] !== undefined || spec['extensionRef'] !== undefined

function declaresLog(resource: Json): boolean {
  const accessLog = record(record(record(resource['spec'])['telemetry'])['accessLog'])
  return accessLog['disable'] !== true && list(accessLog['settings']).length > 0
}

function placeOf(resource: Json): { namespace: string; name: string } {
  const metadata = record(resource['metadata'])
  return { namespace: text(metadata['namespace']), name: text(metadata['name']) }
}

const names = (references: readonly Json[]) => [...new Set(references.map(one => text(one['name'])).filter(Boolean))]
const text = (value: unknown) => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const record = (value: unknown): Json => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {})
