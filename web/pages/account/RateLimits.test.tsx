import assert from 'node:assert/strict'
import { test } from 'node:test'
import { screen } from '@testing-library/react'
import { rates } from '../../../api/index.ts'
import { answer } from '../../../tests/web/hub.ts'
import { absent } from '../../../tests/web/look.ts'
import { show } from '../../../tests/web/show.tsx'
import { Page } from './RateLimits.tsx'

const resetAt = '2026-03-04T10:05:00.000Z'

test('Rate limits: each says how much is used, in words too', async () => {
  answer(rates.listRateLimits, [
    { bucket: 'api', limit: 5000, used: 1250, resetAt },
    { bucket: 'resolvers', limit: 10_000, used: 0, resetAt },
  ])
  await show(<Page />)
  const gauge = await screen.findByRole('progressbar', { name: 'API requests' })
  assert.equal(gauge.getAttribute('aria-valuetext'), '25%')
  screen.getByText(/^1,250 of 5,000 used/)
  await screen.findByRole('progressbar', { name: 'Downloads and Git requests' })
  absent(screen.queryByText(/reached this limit/))
})

test('Rate limits: one that is used up says what that means', async () => {
  answer(rates.listRateLimits, [{ bucket: 'api', limit: 20, used: 20, resetAt }])
  await show(<Page />)
  await screen.findByText('You’ve reached this limit. Requests are refused until it resets.')
})

test('Rate limits: without limits the page says so', async () => {
  answer(rates.listRateLimits, [])
  await show(<Page />)
  await screen.findByRole('heading', { name: 'No rate limits' })
})
