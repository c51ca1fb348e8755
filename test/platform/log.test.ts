import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../services/platform/errors.ts'
import { buildLogger } from '../../services/platform/log.ts'

function capture(level: string) {
  const lines: Record<string, unknown>[] = []
  return { lines, logger: buildLogger({ service: 'worker', level }, { write: line => void lines.push(JSON.parse(line)) }) }
}

test('a line names service, level and time, and an error with its code and cause', () => {
  const { lines, logger } = capture('info')
  const cause = new Error('below')
  logger.warn({ err: new AppError('EVENT_LOG_UNAVAILABLE', 'down', { cause }) }, 'text')
  const [line] = lines as { service: string; level: string; time: string; err: { code: string; message: string } }[]
  assert.ok(line)
  assert.equal(line.service, 'worker')
  assert.equal(line.level, 'warn')
  assert.equal(new Date(line.time).toISOString(), line.time)
  assert.equal(line.err.code, 'EVENT_LOG_UNAVAILABLE')
  assert.match(line.err.message, /down.*below/)
})

test('less severe lines than the level are left out', () => {
  const { lines, logger } = capture('warn')
  logger.info('no')
  logger.error('yes')
  assert.deepEqual(
    lines.map(line => line['msg']),
    ['yes'],
  )
})

test('a token or password does not reach the log', () => {
  const { lines, logger } = capture('info')
  logger.info({ token: 'fake-secret', password: 'fake-secret', headers: { authorization: 'Bearer fake-secret' } }, 'x')
  assert.doesNotMatch(JSON.stringify(lines), /fake-secret/)
})
