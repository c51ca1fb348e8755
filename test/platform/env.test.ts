import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkOnly, misspeltSettings, readSettings } from '../../services/platform/env.ts'
import { AppError } from '../../services/platform/errors.ts'

function faultsOf(environment: Record<string, string>): string {
  try {
    readSettings(environment)
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'SETTINGS_INVALID')
    return error.message
  }
  return ''
}

test('without any variable every setting has its default', () => {
  const settings = readSettings({})
  assert.equal(settings.log.kind, 'embedded')
  assert.equal(settings.log.dataDir, './data')
  assert.equal(settings.ingest.host, '127.0.0.1')
  assert.equal(settings.ingest.port, 8686)
  assert.equal(settings.api.port, 8687)
  assert.equal(settings.clickhouse.database, 'weir')
  assert.equal(settings.clickhouse.url, undefined)
})

test('values are typed, blanks around them are dropped, and an empty variable counts as unset', () => {
  const settings = readSettings({
    WEIR_LOG: 'kafka',
    KAFKA_BROKERS: ' b1:9092, b2:9093 ,',
    WEIR_INGEST_PORT: ' 0 ',
    WEIR_API_PORT: '',
    CLICKHOUSE_REPLICATED: 'true',
    WEIR_WORKER_MAX_DEAD_LETTER_RATIO: '0.25',
    CLICKHOUSE_PASSWORD: ' fake password ',
  })
  assert.deepEqual(settings.log.brokers, ['b1:9092', 'b2:9093'])
  assert.equal(settings.ingest.port, 0)
  assert.equal(settings.api.port, 8687)
  assert.equal(settings.clickhouse.isReplicated, true)
  assert.equal(settings.worker.maxDeadLetterRatio, 0.25)
  assert.equal(settings.clickhouse.password, ' fake password ')
})

test('all faults come in one message, each with name, given value and what is expected', () => {
  const message = faultsOf({
    WEIR_LOG: 'rabbit',
    WEIR_INGEST_PORT: '70000',
    WEIR_API_PORT: '8687.5',
    CLICKHOUSE_REPLICATED: 'yes',
    KAFKA_BROKERS: 'no-port',
    CLICKHOUSE_DATABASE: 'drop table;',
  })
  assert.match(message, /WEIR_LOG is "rabbit", expected one of embedded, kafka/)
  assert.match(message, /WEIR_INGEST_PORT is "70000", expected an integer from 0 to 65535/)
  assert.match(message, /WEIR_API_PORT is "8687.5"/)
  assert.match(message, /CLICKHOUSE_REPLICATED is "yes", expected true or false/)
  assert.match(message, /KAFKA_BROKERS is "no-port", expected a comma-separated list/)
  assert.match(message, /CLICKHOUSE_DATABASE is "drop table;"/)
  assert.match(message, /6 fault/)
})

test('numbers in other notations are refused rather than guessed', () => {
  for (const given of ['1e3', '0x10', '1_000', '１２', 'NaN', 'Infinity', '-1', '99999999999999999999'])
    assert.match(faultsOf({ WEIR_INGEST_MAX_BYTES_PER_SECOND: given }), /MAX_BYTES_PER_SECOND is/, given)
})

test('rules between settings are checked', () => {
  assert.match(faultsOf({ WEIR_LOG: 'kafka' }), /needs KAFKA_BROKERS/)
  assert.match(faultsOf({ KAFKA_BROKERS: 'b:1' }), /WEIR_LOG is "embedded"/)
  assert.match(faultsOf({ WEIR_SCRAPE_INTERVAL_MS: '1000' }), /WEIR_SCRAPE_TIMEOUT_MS/)
  assert.match(faultsOf({ WEIR_SETTLE_MAX_WAIT_MS: '10' }), /WEIR_SETTLE_QUIET_MS/)
  assert.match(faultsOf({ WEIR_INGEST_MAX_INFLATED_BYTES: '999999999' }), /MAX_BYTES_IN_FLIGHT/)
})

test('no message shows a password, not even one inside of an address', () => {
  const message = faultsOf({
    CLICKHOUSE_URL: 'http://weir:fake-password@host:8123',
    CLICKHOUSE_PASSWORD: 'fake-password',
    WEIR_API_PORT: 'x',
  })
  assert.match(message, /CLICKHOUSE_URL/)
  assert.doesNotMatch(message, /fake-password/)
})

test('a misspelt name is found', () => {
  const environment = { WEIR_INGST_PORT: '1', WEIR_INGEST_PORT: '2', PATH: 'x', WEIR_COFFEE: 'black' }
  assert.deepEqual(misspeltSettings(environment), [
    'WEIR_COFFEE is no setting and has no effect (docs/settings.md lists them)',
    'WEIR_INGST_PORT is no setting and has no effect; did you mean WEIR_INGEST_PORT?',
  ])
  const ofKubernetes = { WEIR_API_SERVICE_HOST: '10.0.0.1', WEIR_API_SERVICE_PORT_HTTP: '1', WEIR_INGEST_PORT_8686_TCP_ADDR: '10.0.0.1' }
  assert.deepEqual(misspeltSettings(ofKubernetes), [])
})

test('--check is recognised', () => {
  assert.equal(checkOnly(['node', 'main.ts', '--check']), true)
  assert.equal(checkOnly(['node', 'main.ts']), false)
})

test('no other file of the services reads the environment', () => {
  const folder = new URL('../../services/', import.meta.url)
  const readers = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .filter(name => /process\.env\b|process\[.env/.test(readFileSync(new URL(name, folder), 'utf8')))
  assert.deepEqual(readers, ['platform/env.ts'])
})
