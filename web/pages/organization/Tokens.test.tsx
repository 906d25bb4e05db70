import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen, waitFor, within } from '@testing-library/react'
import { organizations, orgTokens } from '../../../api/index.ts'
import { answer, refuse, sent } from '../../../tests/web/hub.ts'
import { absent, findOption, textsOf } from '../../../tests/web/look.ts'
import { anOrg } from '../../../tests/web/samples.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './Tokens.tsx'

const { listOrgTokens, countOrgTokens, getTokenPolicy, setTokenPolicy, approveOrgToken, revokeOrgToken } = orgTokens
const path = '/organizations/acme/settings/tokens'

function aToken(over: Partial<orgTokens.OrgToken> = {}): orgTokens.OrgToken {
  return {
    id: '0b'.repeat(12),
    owner: {
      _id: '05'.repeat(12),
      user: 'bea',
      fullname: 'Bea Ito',
      avatarUrl: '/api/avatars/bea',
      isServiceAccount: false,
    },
    name: null,
    role: 'fineGrained',
    fineGrained: {
      scoped: [{ entity: { _id: '0c'.repeat(12), type: 'model', name: 'acme/encoder' }, permissions: ['repo.write'] }],
    },
    last4: 'wxyz',
    createdAt: '2026-03-04T10:12:33.000Z',
    expiresAt: null,
    lastUsedAt: null,
    rotatedAt: null,
    state: 'pending',
    blockedBy: ['token_pending'],
    ...over,
  }
}

const counts = {
  tokens: 2,
  pending: 1,
  denied: 0,
  blocked: 0,
  revoked: 1,
  unused: 0,
  neverRotated: 2,
  expiresSoon: 0,
  broad: 0,
}
const may = ['orgToken.list', 'org.updateSettings']

async function page(list: orgTokens.OrgToken[] = [aToken()], search = '', org = anOrg({ may })) {
  answer(organizations.getOrganization, org)
  answer(listOrgTokens, list)
  answer(countOrgTokens, counts)
  answer(getTokenPolicy, { tokenPolicy: 'approval', tokenMaxLifetimeDays: 90 })
  const shown = await show(<Page />, { at: path + search, route: '/organizations/$org/settings/tokens' })
  await screen.findByRole('heading', { level: 1, name: 'Tokens' })
  return shown
}

const query = () => sent(listOrgTokens).at(-1)?.query

test('Tokens: says how many there are, what each can reach, and what the policy is', async () => {
  await page([
    aToken(),
    aToken({ id: '0d'.repeat(12), role: 'write', fineGrained: undefined, state: 'blocked', blockedBy: ['token_kind'] }),
  ])
  const rows = await screen.findAllByRole('row')
  assert.equal(rows.length, 3)
  screen.getByText('Can write to acme/encoder, within its owner’s access.')
  screen.getByText('Can read and change everything that its owner can.')
  screen.getByText('not fine-grained')
  screen.getByRole('link', { name: '2 tokens' })
  assert.match(screen.getByRole('link', { name: '1 waiting for approval' }).getAttribute('href') ?? '', /state=pending/)
  screen.getByText(/acme accepts only approved, fine-grained tokens that last at most 90 days\./)
})

test('Tokens: filters are in the address and in the request', async () => {
  const { user, address } = await page([aToken()], '?state=denied&watch=broad')
  await waitFor(() =>
    assert.deepEqual([query()?.state, query()?.broad, query()?.unused], ['denied', 'true', undefined]),
  )
  await user.click(screen.getByRole('combobox', { name: 'State' }))
  await user.click(await findOption('Revoked'))
  await waitFor(() => assert.match(address(), /state=revoked/))
  await waitFor(() => assert.equal(query()?.state, 'revoked'))
  assert.match(
    screen.getByRole('link', { name: 'Download CSV' }).getAttribute('href') ?? '',
    /state=revoked&broad=true/,
  )
})

test('Tokens: approving asks first, and the row says so afterwards', async () => {
  const { user } = await page()
  answer(approveOrgToken, aToken({ state: 'approved', blockedBy: [] }))
  await user.click(await screen.findByRole('button', { name: 'Approve token …wxyz of bea' }))
  const dialog = await screen.findByRole('dialog', { name: 'Approve token …wxyz of bea' })
  assert.deepEqual(textsOf('listitem', dialog), [
    'The token can access acme immediately.',
    'If its permissions change, it needs approval again.',
    'bea gets an email.',
  ])
  await user.click(within(dialog).getByRole('button', { name: 'Approve token' }))
  await screen.findByText('approved')
  assert.deepEqual(sent(approveOrgToken).at(-1)?.body, { scope: ['model:acme/encoder=repo.write'] })
  absent(screen.queryByRole('button', { name: 'Approve token …wxyz of bea' }))
  screen.getByRole('button', { name: 'Deny token …wxyz of bea' })
})

for (const [state, words] of [
  ['pending', 'The token gets no access to acme. It still works elsewhere.'],
  ['approved', 'The token loses access to acme immediately. It still works elsewhere.'],
] as const)
  test(`Tokens: the dialog names the token, and says what denying one that is ${state} takes away`, async () => {
    const { user } = await page([aToken({ name: 'ci', state })])
    await user.click(await screen.findByRole('button', { name: 'Deny token ci (…wxyz) of bea' }))
    const dialog = await screen.findByRole('dialog', { name: 'Deny token ci (…wxyz) of bea' })
    assert.equal(textsOf('listitem', dialog)[0], words)
  })

test('Tokens: revoking has the username typed, and a refusal is shown', async () => {
  const { user } = await page()
  const error = 'You can’t revoke the token that you are using. Sign in with a browser.'
  refuse(revokeOrgToken, { status: 409, code: 'Conflict', error })
  await user.click(await screen.findByRole('button', { name: 'Revoke token …wxyz of bea' }))
  const dialog = await screen.findByRole('dialog', { name: 'Revoke token …wxyz of bea' })
  const confirm = within(dialog).getByRole('button', { name: 'Revoke token' }) as HTMLButtonElement
  assert.equal(confirm.disabled, true)
  await user.type(within(dialog).getByLabelText('Type “bea” to confirm'), 'bea')
  await user.click(confirm)
  await within(dialog).findByText(error)
})

test('Tokens: the policy lists what stops working before it is saved', async () => {
  const { user } = await page()
  answer(setTokenPolicy, ({ query: { dryRun } }) => ({
    tokenPolicy: 'fineGrained' as const,
    tokenMaxLifetimeDays: 30,
    dryRun: dryRun === 'true',
    affected: { count: 3, tokens: [aToken({ role: 'write' })] },
  }))
  await user.click(await screen.findByRole('button', { name: 'Change policy…' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Change token policy' }))
  await user.click(dialog.getByRole('radio', { name: 'Fine-grained tokens only' }))
  const days = dialog.getByLabelText('Maximum lifetime in days')
  await user.clear(days)
  await user.type(days, '3x')
  dialog.getByText('Enter a whole number from 1 to 3650, or leave blank.')
  await user.type(days, '{Backspace}0')
  await dialog.findByText('3 tokens stop working')
  dialog.getByText('bea: write token …wxyz')
  dialog.getByText('and 2 more')
  await user.click(dialog.getByRole('button', { name: 'Save policy' }))
  await waitFor(() => {
    const saved = sent(setTokenPolicy).at(-1)
    assert.deepEqual(
      [saved?.query.dryRun, saved?.body],
      [undefined, { tokenPolicy: 'fineGrained', tokenMaxLifetimeDays: 30 }],
    )
  })
})

test('Tokens: a plan without them says so', async () => {
  await page([], '', anOrg({ may: ['org.updateSettings'] }))
  screen.getByText(/requires the enterprise plan or higher/)
})

test('Tokens: members are told who can view them', async () => {
  await page([], '', anOrg({ may: [], role: 'read' }))
  screen.getByText('Only admins can view tokens.')
})
