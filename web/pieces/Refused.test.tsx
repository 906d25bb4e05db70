import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { screen } from '@testing-library/react'
import { ApiError, users } from '../../api/index.ts'
import { given } from '../../tests/web/hub.ts'
import { absent, textsOf } from '../../tests/web/look.ts'
import { anAccount } from '../../tests/web/samples.ts'
import { show } from '../../tests/web/show.tsx'
import { isMissingPart, loadPart } from '../new-version.tsx'
import { ErrorNote, sentenceOf } from './ErrorNote.tsx'
import { Refused } from './Refused.tsx'

function refusal(status: number, code: string, error = 'The sentence of the server.', body: object = {}): ApiError {
  return new ApiError(status, code, { error, ...body }, 'req-7')
}

async function page(error: Error, as?: null) {
  const reset = mock.fn()
  const shown = await show(<Refused error={error} reset={reset} />, as === null ? { as } : {})
  return { ...shown, reset }
}

const title = () => screen.getByRole('heading', { level: 1 }).textContent

test('Refused: what is missing and what is hidden look the same, and a visitor can sign in', async () => {
  await page(refusal(404, 'NotFound'), null)
  assert.equal(title(), 'Page not found')
  assert.deepEqual(textsOf('link'), ['Sign in', 'Go to home page'])
  absent(screen.queryByText('The sentence of the server.'))
})

test('Refused: who is signed in is not asked to sign in again', async () => {
  await page(refusal(404, 'NotFound'))
  assert.deepEqual(textsOf('link'), ['Go to home page'])
})

test('Refused: a session that ended says so, and leads back here', async () => {
  await page(refusal(401, 'Unauthorized'))
  assert.equal(title(), 'You’re signed out')
  assert.deepEqual(textsOf('link'), ['Sign in'])
})

test('Refused: a visitor is not told that something private is here', async () => {
  await page(refusal(401, 'Unauthorized'), null)
  assert.equal(title(), 'Page not found')
})

test('Refused: missing 2FA explains what one keeps, and how to regain access', async () => {
  await page(refusal(403, 'TwoFactorRequired'))
  assert.equal(title(), 'Two-factor authentication required')
  screen.getByText(/You keep your role, resource groups, and repositories/)
  screen.getByRole('link', { name: 'Turn on 2FA' })
})

test('Refused: with 2FA on, the page is only to be loaded again', async () => {
  await show(<Refused error={refusal(403, 'TwoFactorRequired')} reset={() => {}} />, {
    as: anAccount({ twoFactorEnabled: true }),
  })
  screen.getByText('2FA is on. Reload the page to continue.')
})

const titles: [number, string][] = [
  [402, 'Not part of this plan'],
  [403, 'You don’t have access'],
  [503, 'Guildhall is busy or unavailable'],
  [500, 'This page can’t be shown'],
]

for (const [status, words] of titles) {
  test(`Refused: ${status} is called “${words}”, says why, and names the request`, async () => {
    const { user, reset } = await page(refusal(status, 'Some'))
    assert.equal(title(), words)
    screen.getByText('The sentence of the server.')
    screen.getByText('Request req-7')
    if (status === 403) return absent(screen.queryByRole('button', { name: 'Try again' }))
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    assert.equal(reset.mock.callCount(), 1)
  })
}

const missingPart = new TypeError('Failed to fetch dynamically imported module: https://guildhall.test/assets/Card.js')

async function pageWithout(part: number) {
  const script = document.createElement('script')
  Object.assign(script, { type: 'module', src: '/assets/start.js' })
  document.head.append(script)
  given(
    { ...users.instance, method: 'head', path: '/assets/start.js' } as never,
    () => new Response(null, { status: part }),
  )
  await page(missingPart)
  script.remove()
}

test('Refused: after an upgrade, a part of the page that is gone offers to reload', async () => {
  await pageWithout(404)
  await screen.findByRole('heading', { level: 1, name: 'A new version of Guildhall is available' })
  screen.getByRole('button', { name: 'Reload' })
})

test('Refused: a part of the page that did not arrive from the same version is no new version', async () => {
  await pageWithout(200)
  await screen.findByText('Guildhall didn’t answer. Check your connection and try again.')
  absent(screen.queryByRole('button', { name: 'Reload' }))
})

test('loadPart: while the instance is away, the router has no reason to reload the page', async () => {
  const isOurs = (error: Error) => isMissingPart(error) && !error.message.startsWith(missingPart.message)
  await assert.rejects(
    loadPart(() => Promise.reject(missingPart)),
    isOurs,
  )
})

test('Refused: a fault of the page itself shows nothing of the program', async () => {
  await page(new Error('Cannot read properties of undefined'))
  assert.equal(title(), 'This page can’t be shown')
  screen.getByText('Something went wrong on this page. Reload it and try again.')
  absent(screen.queryByText(/undefined|Request/))
})

test('sentenceOf: the sentence of the server, or what to do when there is none', () => {
  assert.equal(sentenceOf(refusal(400, 'BadRequest')), 'The sentence of the server.')
  assert.match(sentenceOf(new TypeError('fetch failed')), /Check your connection and try again/)
  assert.match(sentenceOf('anything'), /Reload it and try again/)
})

test('ErrorNote: without a refusal there is nothing', async () => {
  await show(<ErrorNote error={undefined} />)
  absent(screen.queryByRole('alert'))
})

test('ErrorNote: a session that ended in the middle of a form opens the sign-in beside it', async () => {
  await show(<ErrorNote error={refusal(401, 'Unauthorized')} />)
  assert.match(screen.getByRole('alert').textContent ?? '', /Your session has ended\..*What you entered here is kept\./)
  assert.equal(screen.getByRole('link').getAttribute('target'), '_blank')
})

test('ErrorNote: of many candidates six are named', async () => {
  const candidates = Array.from({ length: 8 }, (_, index) => ({ user: `p${index}`, fullname: '', role: 'read' }))
  await show(<ErrorNote error={refusal(409, 'LastAdmin', 'acme needs an admin.', { candidates })} />)
  assert.deepEqual(textsOf('listitem'), [
    ...candidates.slice(0, 6).map(({ user }) => `${user} (read)`),
    'Or any other member',
  ])
})

test('ErrorNote: candidates are named only where an admin is missing', async () => {
  const candidates = [{ user: 'bea', fullname: '', role: 'read' }]
  await show(<ErrorNote error={refusal(409, 'Conflict', 'Taken.', { candidates })} />)
  assert.equal(screen.getByRole('alert').textContent, 'Taken.')
})
