import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildRequestQueue } from '../../services/api/http/request-queue.ts'

const soon = async () => await new Promise(resolve => setImmediate(resolve))

test('a token that asks much waits for itself, and others are served before its later requests', async () => {
  const queue = buildRequestQueue({ mostOfOne: 2, mostOfAll: 3, mostWaiting: 10 })
  const order: string[] = []
  const leaves = new Map<string, () => void>()
  const ask = (holder: string, name: string) =>
    queue.enter(holder).then(leave => {
      order.push(name)
      leaves.set(name, leave)
    })
  for (const name of ['a1', 'a2', 'a3', 'a4']) void ask('a', name)
  for (const name of ['b1', 'b2']) void ask('b', name)
  await soon()
  assert.deepEqual(order, ['a1', 'a2', 'b1'])
  leaves.get('b1')?.()
  await soon()
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'b2'], 'a has two under way')
  leaves.get('a1')?.()
  leaves.get('a1')?.()
  await soon()
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'b2', 'a3'], 'leaving twice gives one place')
})

test('one too many of a token is refused, and a client that went gives its place in the line to the next', async () => {
  const queue = buildRequestQueue({ mostOfOne: 1, mostOfAll: 1, mostWaiting: 1 })
  const leave = await queue.enter('a')
  const gone = new AbortController()
  const dropped = queue.enter('a', gone.signal)
  await assert.rejects(queue.enter('a'), { code: 'API_OVERLOADED' })
  gone.abort()
  await assert.rejects(dropped, { code: 'API_OVERLOADED' })
  const next = queue.enter('a')
  leave()
  assert.equal(typeof (await next), 'function')
})

test('whatever is asked and left in whatever order, no bound is passed and everyone is served', async () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.boolean()), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(steps, async asked => {
      const queue = buildRequestQueue({ mostOfOne: 2, mostOfAll: 3, mostWaiting: 100 })
      const underWay: { holder: string; leave: () => void }[] = []
      let served = 0
      for (const [holder, isOneLeaving] of asked) {
        void queue.enter(holder).then(leave => {
          underWay.push({ holder, leave })
          served++
        })
        if (isOneLeaving) underWay.shift()?.leave()
        await soon()
        assert.ok(underWay.length <= 3)
        for (const name of ['a', 'b', 'c']) assert.ok(underWay.filter(one => one.holder === name).length <= 2)
      }
      while (underWay.length > 0) {
        underWay.shift()?.leave()
        await soon()
      }
      assert.equal(served, asked.length)
    }),
  )
})
