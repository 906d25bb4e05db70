import { z } from 'zod'
import { operation } from './operation.ts'
import { nothing, orgParams, Time } from './shapes.ts'

const tag = 'Service accounts'

/** What is known of the API token of an organization without revealing it. */
export const OrganizationToken = z.object({
  last4: z.string(),
  createdAt: Time.describe('When it was created, or last refreshed.'),
  lastUsedAt: Time.nullable(),
})
export type OrganizationToken = z.infer<typeof OrganizationToken>

const Revealed = OrganizationToken.extend({ token: z.string() })

export const getOrganizationTokenState = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/api-token/state',
  action: 'orgToken.view',
  tag,
  summary: 'Get when the API token of an organization was created and last used, without revealing it.',
  params: orgParams,
  reply: z.object({ token: OrganizationToken.nullable().describe('Null before it is revealed for the first time.') }),
})

export const revealOrganizationToken = operation({
  method: 'get',
  path: '/api/organizations/:org/settings/api-token',
  action: 'orgToken.reveal',
  tag,
  summary:
    'Reveal the API token of an organization, which reads what members with the read role can. Recorded each time.',
  params: orgParams,
  reply: Revealed,
  changes: true,
  secret: true,
})

export const refreshOrganizationToken = operation({
  method: 'post',
  path: '/api/organizations/:org/settings/api-token/refresh',
  action: 'orgToken.refresh',
  tag,
  summary: 'Replace the API token of an organization. The old one stops working immediately.',
  params: orgParams,
  body: nothing,
  bodyOptional: true,
  reply: Revealed,
})
