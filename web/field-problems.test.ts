import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError, emails, operator, users } from '../api/index.ts'
import { atFields, beside, problemAt, problemsAfter, problemsBefore } from './field-problems.ts'

const refusal = (fields: { field: string; message: string }[]) =>
  new ApiError(400, 'BadRequest', { error: 'Refused.', fields }, undefined)

const labels: Record<string, string> = { address: 'Email', newPassword: 'New password', username: 'Username' }

test('the schema of a request says what is wrong, in sentences for its fields', () => {
  const cases = [
    [emails.addEmail, { address: 'nonsense' }, { address: 'Email isn’t valid.' }],
    [emails.addEmail, { address: 'ada@example.org' }, {}],
    [users.updateAccount, { newPassword: 'short' }, { newPassword: 'New password must be at least 10 characters.' }],
    [
      users.signIn,
      { username: 'x'.repeat(300), password: '' },
      { username: 'Username must be at most 254 characters.' },
    ],
  ] as const
  for (const [operation, body, expected] of cases)
    assert.deepEqual(
      atFields(problemsBefore(operation.body, body), Object.keys(body), (name) => labels[name]),
      expected,
    )
})

test('a form without a schema has no problems before it is sent', () => {
  assert.deepEqual(problemsBefore(undefined, { anything: 1 }), [])
})

test('parts of a field stand at the part, and a form may have only the part', () => {
  const body = { seatPrices: { team: -1 }, storageLimits: { accounts: -5 } }
  const problems = problemsBefore(operator.updateInstanceSettings.body, body)
  assert.deepEqual(Object.keys(atFields(problems, ['seatPrices'])), ['seatPrices.team'])
  assert.deepEqual(Object.keys(atFields(problems, ['accounts'])), ['accounts'])
})

test('of several problems at one field, the first is shown', () => {
  const problems = [
    { field: 'name', message: 'is too short' },
    { field: 'name', message: 'must not be a number' },
  ]
  assert.deepEqual(atFields(problems, ['name']), { name: 'This is too short.' })
})

test('a list stands at its field, whichever of its items is wrong', () => {
  assert.equal(problemAt(refusal([{ field: 'rows[3].email', message: 'isn’t valid' }]), 'rows'), 'This isn’t valid.')
  assert.equal(problemAt(refusal([{ field: 'rows[3]', message: 'is required' }]), 'role'), undefined)
})

test('a name that is taken stands at the field that a form has for it', () => {
  const taken = new ApiError(409, 'NameTaken', { error: 'The name “acme” is taken.' }, undefined)
  for (const field of ['name', 'username'])
    assert.deepEqual(atFields(problemsAfter(taken), ['email', field]), { [field]: 'The name “acme” is taken.' })
  assert.equal(beside(taken, ['email']), taken, 'a form without one shows it above its fields')
})

test('what of a refusal stands at no field is shown above them', () => {
  const placed = refusal([{ field: 'email', message: 'is required' }])
  const mixed = refusal([
    { field: 'email', message: 'is required' },
    { field: 'token', message: 'has expired' },
  ])
  assert.equal(beside(placed, ['email']), undefined)
  assert.equal(beside(mixed, ['email']), mixed)
  const away = new TypeError('fetch failed')
  assert.equal(beside(away, ['email']), away, 'and so is everything that names no field')
  assert.equal(beside(null, ['email']), null)
})
