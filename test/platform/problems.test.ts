import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, type ErrorCode, errorCatalogue } from '../../services/platform/errors.ts'
import { problemFrom, problemHeaders } from '../../services/platform/problems.ts'

test('every code becomes a whole problem document with an HTTP error status', () => {
  for (const code of Object.keys(errorCatalogue) as ErrorCode[]) {
    const problem = problemFrom(new AppError(code, 'told'), '/x')
    assert.ok(problem.status >= 400 && problem.status < 600)
    for (const member of ['type', 'title', 'detail', 'code', 'instance']) assert.ok(problem[member], `${code} ${member}`)
    assert.match(problem.type, /^urn:weir:problem:[a-z0-9-]+$/)
  }
})

test('a 4xx tells what was wrong; a 5xx never tells the inside', () => {
  assert.equal(problemFrom(new AppError('API_REQUEST_INVALID', 'from is after to'), '/x').detail, 'from is after to')
  const cause = new Error('password fake at 10.0.0.1')
  for (const thrown of [
    new AppError('CLICKHOUSE_UNAVAILABLE', 'refused by clickhouse-3.internal', { cause }),
    new AppError('CLICKHOUSE_QUERY_FAILED', 'SELECT secret FROM t'),
    new AppError('SETTINGS_INVALID', 'path /etc/fake'),
    cause,
    'a thrown text with fake',
    null,
    Object.assign(new Error('fake'), { statusCode: 500 }),
  ]) {
    const problem = problemFrom(thrown, '/x')
    assert.ok(problem.status >= 500)
    assert.doesNotMatch(JSON.stringify(problem), /fake|internal\b.*refused|SELECT|clickhouse-3/)
  }
})

test('a client is told when to come back with 429 and 503, and how to identify itself with 401', () => {
  const headers = (code: ErrorCode) => problemHeaders(problemFrom(new AppError(code, 'x'), '/'))
  for (const code of ['INGEST_RATE_EXCEEDED', 'INGEST_OVERLOADED', 'EVENT_LOG_UNAVAILABLE', 'CLICKHOUSE_UNAVAILABLE'] as const)
    assert.match(headers(code)['retry-after'] ?? '', /^\d+$/)
  assert.equal(headers('API_REQUEST_INVALID')['retry-after'], undefined)
  assert.equal(headers('API_UNAUTHENTICATED')['www-authenticate'], 'Bearer')
})

test('what a client is told with 429 or 503 is a fault that passes', () => {
  for (const [code, { retryable }] of Object.entries(errorCatalogue)) {
    const { status } = problemFrom(new AppError(code as ErrorCode, 'x'), '/')
    if (status === 429 || status === 503) assert.ok(retryable, code)
  }
})

test('an error of the HTTP framework keeps its client status', () => {
  const problem = problemFrom(Object.assign(new Error('Body is not valid'), { statusCode: 413 }), '/x', { extra: 1 })
  assert.equal(problem.status, 413)
  assert.equal(problem.code, 'HTTP_REQUEST_INVALID')
  assert.equal(problem['extra'], 1)
})
