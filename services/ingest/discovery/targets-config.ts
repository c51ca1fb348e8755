import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { AppError, messageOf } from '../../platform/errors.ts'
import { parseTargets, type Target, targetAt } from '../targets.ts'

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
const Labels = Type.Record(Type.String(), Type.String())
const Name = Type.String({ minLength: 1 })
const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
const closed = { additionalProperties: false }

/** Names that DNS knows, each the address of one model server or of several. */
const DnsSource = Type.Object(
  {
    names: Type.Array(Name, { minItems: 1, description: 'complete names: search domains are not appended' }),
    type: Type.Union([Type.Literal('SRV'), Type.Literal('A'), Type.Literal('AAAA')], { default: 'SRV' }),
    port: Type.Optional(Port),
    refresh_interval_s: Type.Integer({ minimum: 1, default: 30 }),
    server: Type.Optional(Type.String({ minLength: 1, description: 'address of the DNS server, with :port where it is not 53' })),
    labels: Labels,
  },
  closed,
)

/** Running pods of a Kubernetes cluster that a label selector finds. */
const KubernetesSource = Type.Object(
  {
    selector: Type.String({ default: '', description: 'label selector, as kubectl -l takes it' }),
    namespaces: Type.Array(Type.String({ pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$' }), { default: [] }),
    port: Type.Optional(Type.Union([Port, Name])),
    from_pod: Type.Record(Type.String({ pattern: '^(pool|model|region|engine)$' }), Name, { default: {} }),
    labels: Type.Record(Type.String(), Type.String(), { default: {} }),
    refresh_interval_s: Type.Integer({ minimum: 1, default: 30 }),
    api_server: Type.String({ pattern: '^https?://[^\\s/?#@]+$', default: 'https://kubernetes.default.svc' }),
    token_file: Type.String({ default: `${SERVICE_ACCOUNT}/token` }),
    ca_file: Type.String({ default: `${SERVICE_ACCOUNT}/ca.crt` }),
  },
  closed,
)

const TargetsConfigFile = Type.Object(
  {
    static_configs: Type.Array(Type.Unknown(), { default: [] }),
    dns_sd_configs: Type.Array(DnsSource, { default: [] }),
    kubernetes_sd_configs: Type.Array(KubernetesSource, { default: [] }),
  },
  closed,
)

/** Model servers by name. */
export type DnsSource = Static<typeof DnsSource>
/** Model servers as pods. */
export type KubernetesSource = Static<typeof KubernetesSource>

/** Where targets come from. */
export interface TargetsConfig {
  targets: readonly Target[]
  dns: readonly DnsSource[]
  kubernetes: readonly KubernetesSource[]
}

/**
 * Reads a targets file: an array in the shape of Prometheus' file_sd, or an object with `static_configs` (such an array), `dns_sd_configs`
 * and `kubernetes_sd_configs`. Throws SETTINGS_INVALID with its faults.
 */
export function parseTargetsConfig(text: string, path: string): TargetsConfig {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    throw new AppError('SETTINGS_INVALID', `the targets file ${path} is not JSON: ${messageOf(error)}`, { cause: error })
  }
  if (Array.isArray(file)) return { targets: parseTargets(text, path), dns: [], kubernetes: [] }
  const filled = Value.Default(TargetsConfigFile, file)
  if (!Value.Check(TargetsConfigFile, filled)) {
    throw invalid(
      path,
      Value.Errors(TargetsConfigFile, filled).map(error => `${error.instancePath || 'the file'} ${error.message}`),
    )
  }
  const { static_configs, dns_sd_configs, kubernetes_sd_configs } = filled
  const faults = [
    ...dns_sd_configs.flatMap((source, index) => dnsFaults(source, `dns_sd_configs ${index + 1}`)),
    ...kubernetes_sd_configs.flatMap((source, index) => kubernetesFaults(source, `kubernetes_sd_configs ${index + 1}`)),
  ]
  if (faults.length > 0) throw invalid(path, faults)
  return { targets: parseTargets(JSON.stringify(static_configs), path), dns: dns_sd_configs, kubernetes: kubernetes_sd_configs }
}

function dnsFaults({ type, port, labels }: DnsSource, where: string): string[] {
  const faults = targetAt('host:1', labels).faults.map(fault => `${where} ${fault}`)
  if (type !== 'SRV' && port === undefined) faults.push(`${where} has type ${type}, which needs "port"`)
  return faults
}

function kubernetesFaults({ labels, from_pod }: KubernetesSource, where: string): string[] {
  const pool = from_pod['pool'] === undefined ? {} : { pool: 'of the pod' }
  return targetAt('host:1', { ...pool, ...labels }).faults.map(fault => `${where} ${fault}`)
}

function invalid(path: string, faults: readonly string[]): AppError {
  return new AppError(
    'SETTINGS_INVALID',
    `the targets file ${path} has ${faults.length} fault(s):\n${faults.map(fault => `- ${fault}`).join('\n')}`,
  )
}
