import { z } from 'zod'
import { operation } from './operation.ts'
import { orgParams } from './shapes.ts'

const tag = 'Single sign-on'
const path = '/api/organizations/:org/settings/sso/saml'

const Certificate = z.object({
  subject: z.string(),
  fingerprint: z.string().describe('SHA-256, in hexadecimal.'),
  notBefore: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type SamlCertificate = z.infer<typeof Certificate>

const IdentityProvider = z.object({
  entityId: z.string(),
  ssoUrl: z.string().describe('Where browsers are sent to sign in.'),
  certificates: z.array(Certificate).describe('Every one is accepted, so that a new one can overlap with the old.'),
  metadataUrl: z.string().nullable().describe('Fetched again every day.'),
  fetchedAt: z.iso.datetime().nullable().describe('When the metadata was last fetched with success.'),
})

const SamlSettings = z.object({
  entityId: z.string().describe('Also called identifier or audience.'),
  acsUrl: z.string().describe('Also called reply URL, single sign-on URL, or recipient.'),
  metadataUrl: z.string().describe('Has everything that an identity provider can import.'),
  certificate: Certificate.extend({ pem: z.string() })
    .nullable()
    .describe('Signs requests, and encrypts assertions for this organization. Made with the first metadata.'),
  identityProvider: IdentityProvider.nullable(),
})
export type SamlSettings = z.infer<typeof SamlSettings>

/** The most that metadata can be, in characters. */
export const mostMetadata = 262_144

export const getSaml = operation({
  method: 'get',
  path,
  action: 'sso.view',
  tag,
  summary: 'Get the SAML settings of an organization.',
  params: orgParams,
  reply: SamlSettings,
})

export const updateSaml = operation({
  method: 'put',
  path,
  action: 'sso.update',
  tag,
  summary: 'Set the SAML identity provider of an organization.',
  details:
    'Send the metadata document, or a URL to fetch it from. The entity ID can only change while single sign-on is off.',
  params: orgParams,
  body: z.strictObject({
    metadata: z.string().min(1).max(mostMetadata).optional().describe('The XML document.'),
    metadataUrl: z.url().max(2048).optional().describe('Begins with https://.'),
  }),
  reply: SamlSettings,
})

export const refreshSaml = operation({
  method: 'post',
  path: `${path}/refresh`,
  action: 'sso.update',
  tag,
  summary: 'Fetch the metadata of the SAML identity provider now.',
  params: orgParams,
  reply: SamlSettings,
})

export const getSamlMetadata = operation({
  method: 'get',
  path: '/sso/:org/metadata',
  action: 'sso.viewMetadata',
  tag,
  summary: 'Get the SAML metadata of an organization, for its identity provider.',
  params: orgParams,
  kind: 'content',
  dialect: 'sso',
  reply: z.string(),
})

export const answerSaml = operation({
  method: 'post',
  path: '/sso/:org/acs',
  action: 'sso.answer',
  tag,
  summary: 'Receive a SAML response, which the browser posts in the name of the identity provider.',
  params: orgParams,
  body: z.object({
    SAMLResponse: z.string().max(mostMetadata),
    RelayState: z.string().max(200).optional(),
  }),
  kind: 'content',
  dialect: 'sso',
  form: true,
  crossSite: true,
  reply: z.string(),
})
