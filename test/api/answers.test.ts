import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Value } from 'typebox/value'
import { answerSchema } from '../../services/answers/answer.ts'
import { questions } from '../../services/answers/questions.ts'
import { HOUR_OF_TEST, openTestApi } from './fixture.ts'
import { MARK, openTwoTenants, VOLUME } from './two-tenants.ts'

const api = await openTwoTenants({ after })

test('without any data every question says that it cannot tell, and what is missing', async t => {
  const empty = await openTestApi(t)
  for (const { name, finding } of questions) {
    const answer = (await empty.get(`/v1/answers/${name}`, 'fake-operator')).body
    assert.ok(Value.Check(answerSchema(finding), answer), `${name}: ${JSON.stringify(answer)}`)
    assert.deepEqual([answer['confidence'], answer['findings']], ['cannot tell', []], name)
    assert.notDeepEqual(answer['missing'], [], name)
  }
})

test('every answer is as its schema says', async () => {
  for (const { name, finding } of questions) {
    const { status, body, text } = await api.get(`/v1/answers/${name}?${HOUR_OF_TEST}`, 'fake-operator')
    assert.equal(status, 200, text)
    const faults = Value.Errors(answerSchema(finding), body).map(({ instancePath, message }) => `${instancePath} ${message}`)
    assert.deepEqual([body.question, faults], [name, []])
  }
})

test("no answer to a tenant names another tenant, and asking for another's is refused", async () => {
  for (const { name, isForOperators } of questions) {
    const own = await api.get(`/v1/answers/${name}?${HOUR_OF_TEST}`, 'fake-acme')
    assert.equal(own.status, isForOperators ? 403 : 200, own.text)
    for (const foreign of ['globex', MARK, String(VOLUME)]) assert.ok(!own.text.includes(foreign), `${name} tells ${foreign}: ${own.text}`)
    assert.equal((await api.get(`/v1/answers/${name}?tenant_id=globex`, 'fake-acme')).status, 403, name)
  }
})

test('a parameter that a question does not have, or a value that it does not take, is refused by name', async () => {
  for (const { name } of questions) {
    const { status, body } = await api.get(`/v1/answers/${name}?colour=red`, 'fake-operator')
    assert.equal(status, 400)
    assert.match(body.detail, /colour/)
  }
})
