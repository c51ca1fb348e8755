import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { AppError } from './errors.ts'
import { nearestName } from './nearest.ts'
import { type Setting, settingsCatalogue } from './settings.ts'

type Catalogue = typeof settingsCatalogue

/** All settings as values, by section: `settings.ingest.port`. */
export type Settings = {
  readonly [Section in keyof Catalogue]: {
    readonly [Key in keyof Catalogue[Section]]: Catalogue[Section][Key] extends { schema: infer S extends TSchema } ? Static<S> : never
  }
}

/** Environment variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads every setting, once. An empty variable counts as unset.
 * Throws SETTINGS_INVALID with all faults in one message: name, given value (never a secret's), what is expected.
 */
export function readSettings(environment: Environment = process.env): Settings {
  const { settings, faults } = inspectSettings(environment)
  if (faults.length > 0) throw settingsInvalid(faults)
  return settings
}

/** The settings with all their faults, as text; a setting that is faulty has no value. For `--check`, which goes on to the files. */
export function inspectSettings(environment: Environment = process.env): { settings: Settings; faults: string[] } {
  const faults: string[] = []
  const sections = Object.entries(settingsCatalogue as Record<string, Record<string, Setting>>).map(([section, entries]) => [
    section,
    Object.fromEntries(Object.entries(entries).map(([key, setting]) => [key, readSetting(setting, environment[setting.name], faults)])),
  ])
  const settings = Object.fromEntries(sections) as Settings
  if (faults.length === 0) faults.push(...crossFieldFaults(settings))
  return { settings, faults }
}

/** All faults in one error. */
export function settingsInvalid(faults: readonly string[]): AppError {
  const listed = faults.map(fault => `- ${fault.replaceAll('\n', '\n  ')}`).join('\n')
  return new AppError('SETTINGS_INVALID', `the settings have ${faults.length} fault(s):\n${listed}`)
}

/** What Kubernetes adds for a Service whose name begins with weir-, such as WEIR_INGEST_SERVICE_HOST and WEIR_INGEST_PORT_8686_TCP_ADDR. */
const OF_KUBERNETES = /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP)(_\w+)?$/

/**
 * A sentence for each variable that begins with WEIR_ and is no setting, most likely misspelt, with the nearest name. A warning and not a
 * fault: others may add variables of their own.
 */
export function misspeltSettings(environment: Environment = process.env): readonly string[] {
  const known = new Set(Object.values(settingsCatalogue).flatMap(section => Object.values(section).map(setting => setting.name as string)))
  return Object.keys(environment)
    .filter(name => name.startsWith('WEIR_') && !known.has(name) && !OF_KUBERNETES.test(name) && environment[name] !== undefined)
    .sort()
    .map(name => {
      const nearest = nearestName(name, known)
      const remedy = nearest === undefined ? ' (docs/settings.md lists them)' : `; did you mean ${nearest}?`
      return `${name} is no setting and has no effect${remedy}`
    })
}

/** Whether the process was started only to validate its settings (`--check`). */
export function checkOnly(argv: readonly string[]): boolean {
  return argv.includes('--check')
}

/** Folders in which programs are looked up, as the environment gives them (the form of PATH). */
export function searchPath(environment: Environment = process.env): string {
  return environment['PATH'] ?? ''
}

/** A variable that is no setting, by its name: what files of an operator refer to as `env:NAME`. Empty counts as unset. */
export function environmentValue(name: string, environment: Environment = process.env): string | undefined {
  return environment[name]?.trim() || undefined
}

/** What a schema expects, in words: "an integer from 0 to 65535". */
export function expectation(schema: TSchema): string {
  const facts = schema as { type?: string; enum?: readonly string[]; minimum?: number; maximum?: number; pattern?: string; items?: TSchema }
  if (facts.enum) return `one of ${facts.enum.join(', ')}`
  const { anyOf } = schema as { anyOf?: readonly TSchema[] }
  if (anyOf?.[0]) return expectation(anyOf[0])
  if (facts.type === 'array' && facts.items) return `a comma-separated list, each ${expectation(facts.items)}`
  if (facts.type === 'boolean') return 'true or false'
  if (facts.type === 'integer' || facts.type === 'number') {
    const article = facts.type === 'integer' ? 'an integer' : 'a number'
    return facts.maximum === undefined ? `${article} of at least ${facts.minimum}` : `${article} from ${facts.minimum} to ${facts.maximum}`
  }
  return facts.pattern ? `text that matches ${facts.pattern}` : 'text'
}

function readSetting(setting: Setting, given: string | undefined, faults: string[]): unknown {
  const { name, schema, isSecret } = setting
  if (given === undefined || given.trim() === '') return structuredClone((schema as { default?: unknown }).default)
  const value = typedValue(schema, isSecret ? given : given.trim())
  if (Value.Check(schema, value) && isAllowed(schema, value)) return value
  faults.push(`${name} is ${isSecret ? '(not shown)' : JSON.stringify(withoutCredentials(given))}, expected ${expectation(schema)}`)
  return undefined
}

/** An address may carry `user:password@`; no setting takes them so, and they must not be shown either. */
function withoutCredentials(given: string): string {
  return given.replace(/[^\s/,]+@/g, '(not shown)@')
}

function typedValue(schema: TSchema, given: string): unknown {
  switch ((schema as { type?: string }).type) {
    case 'integer':
      return /^-?\d{1,15}$/.test(given) ? Number(given) : given
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(given) ? Number(given) : given
    case 'boolean':
      return given === 'true' ? true : given === 'false' ? false : given
    case 'array':
      return given
        .split(',')
        .map(item => item.trim())
        .filter(Boolean)
    default:
      return given
  }
}

function isAllowed(schema: TSchema, value: unknown): boolean {
  const allowed = (schema as { enum?: readonly unknown[] }).enum
  return allowed === undefined || allowed.includes(value)
}

function crossFieldFaults(settings: Settings): string[] {
  const { log, ingest, settle } = settings
  const faults: string[] = []
  if (log.kind === 'kafka' && log.brokers.length === 0)
    faults.push('WEIR_LOG is "kafka", which needs KAFKA_BROKERS (host:port, comma-separated)')
  if (log.kind === 'embedded' && log.brokers.length > 0)
    faults.push('KAFKA_BROKERS is set, but WEIR_LOG is "embedded": set WEIR_LOG=kafka or unset the brokers')
  if (ingest.maxLineBytes > ingest.maxInflatedBytes)
    faults.push(
      `WEIR_INGEST_MAX_LINE_BYTES is ${ingest.maxLineBytes}, expected at most WEIR_INGEST_MAX_INFLATED_BYTES (${ingest.maxInflatedBytes})`,
    )
  if (ingest.maxInflatedBytes > ingest.maxBytesInFlight)
    faults.push(
      `WEIR_INGEST_MAX_INFLATED_BYTES is ${ingest.maxInflatedBytes}, expected at most WEIR_INGEST_MAX_BYTES_IN_FLIGHT ` +
        `(${ingest.maxBytesInFlight})`,
    )
  if (ingest.scrapeTimeoutMs >= ingest.scrapeIntervalMs)
    faults.push(
      `WEIR_SCRAPE_TIMEOUT_MS is ${ingest.scrapeTimeoutMs}, expected less than WEIR_SCRAPE_INTERVAL_MS (${ingest.scrapeIntervalMs})`,
    )
  if (settle.maxWaitMs < settle.quietMs)
    faults.push(`WEIR_SETTLE_MAX_WAIT_MS is ${settle.maxWaitMs}, expected at least WEIR_SETTLE_QUIET_MS (${settle.quietMs})`)
  return faults
}
