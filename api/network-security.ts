import { z } from 'zod'
import { operation } from './operation.ts'
import { organizationSettings } from './organization-settings.ts'
import { dryRun, orgParams } from './shapes.ts'

const tag = 'Organizations'

const Content = z.object({ resource: z.string(), scope: z.string().min(1) })
const noContents = z.array(z.unknown()).max(0, 'must be empty: content policies are not supported')

const NetworkSecurity = z.object({
  enforceAuth: z.boolean().describe('Always false: requiring sign-in in a whole network is not supported.'),
  enforceIpRestriction: organizationSettings.enforceIpRestriction.schema,
  highRateLimits: z.boolean().describe('Always false: rate limits are settings of the instance.'),
  ipRanges: organizationSettings.ipRanges.schema,
  blockedContents: z.array(Content).describe('Always empty: content policies are not supported.'),
  allowedContents: z.array(Content).describe('Always empty: content policies are not supported.'),
  keepReposMetadataVisible: z
    .boolean()
    .describe('Always false: outside of the IP ranges, metadata of private repositories is hidden like the files.'),
})
export type NetworkSecurity = z.infer<typeof NetworkSecurity>

const path = '/api/organizations/:org/settings/network-security'

export const getNetworkSecurity = operation({
  method: 'get',
  path,
  action: 'org.viewSettings',
  tag,
  summary: 'Get the IP ranges of an organization.',
  params: orgParams,
  reply: NetworkSecurity,
})

export const updateNetworkSecurity = operation({
  method: 'patch',
  path,
  action: 'org.updateSettings',
  tag,
  summary: 'Change the IP ranges of an organization.',
  details: 'Fields that describe features which are not supported can be sent with their default value only.',
  params: orgParams,
  query: dryRun,
  body: z.strictObject({
    enforceIpRestriction: organizationSettings.enforceIpRestriction.schema.optional(),
    ipRanges: organizationSettings.ipRanges.schema.optional(),
    enforceAuth: z.literal(false, 'must be false: it is not supported').optional(),
    highRateLimits: z.literal(false, 'must be false: rate limits are settings of the instance').optional(),
    blockedContents: noContents.optional(),
    allowedContents: noContents.optional(),
    keepReposMetadataVisible: z.literal(false, 'must be false: it is not supported').optional(),
  }),
  reply: NetworkSecurity,
})
