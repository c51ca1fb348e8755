import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutStacks } from '../../../services/worker/decode/without-stacks.ts'

test('errors made inside have no stack, those after it have one again, also when it throws', () => {
  const limit = Error.stackTraceLimit
  assert.doesNotMatch(withoutStacks(() => new Error('x').stack ?? '')(undefined), /\n {4}at /)
  const failing = withoutStacks(() => {
    throw new Error('y')
  })
  assert.throws(() => failing(undefined), { message: 'y' })
  assert.equal(Error.stackTraceLimit, limit)
  assert.match(new Error('z').stack ?? '', /\n {4}at /)
})
