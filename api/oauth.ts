import { z } from 'zod'
import { operation } from './operation.ts'
import { success, Time } from './shapes.ts'
import { Token, tokenFields } from './tokens.ts'

const tag = 'Device sign-in'

/** Every `error` that the OAuth endpoints answer with, and what it means. */
export const oauthErrors = {
  invalid_request: 'A field is missing, repeated, or has the wrong format.',
  invalid_client: 'No program has this client ID.',
  invalid_grant: 'The device code or refresh token is unknown, used, revoked, or of another client.',
  unsupported_grant_type: 'Only device codes and refresh tokens are supported.',
  authorization_pending: 'The request is not approved yet. Ask again after the interval.',
  slow_down: 'The program asks too often. It must wait 5 seconds longer between requests.',
  access_denied: 'The request was denied.',
  expired_token: 'The device code has expired. Start again.',
  temporarily_unavailable: 'The server cannot answer now. Try again shortly.',
  server_error: 'Something went wrong on the server.',
} as const
export type OAuthError = keyof typeof oauthErrors

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const value = (most: number) => z.string().min(1).max(most)

export const requestDeviceCode = operation({
  method: 'post',
  path: '/oauth/device',
  action: 'device.request',
  tag,
  summary: 'Start a sign-in of a program (RFC 8628). The person approves it on the page `/device`.',
  details:
    'Send a form or JSON. Errors have the form of OAuth: `{"error": "invalid_client", "error_description": "…"}`.',
  body: z.object({
    client_id: value(200),
    scope: z.string().max(1000).optional().describe('Ignored: the person chooses what the token can do.'),
  }),
  reply: z.object({
    device_code: z.string(),
    user_code: z.string(),
    verification_uri: z.string(),
    verification_uri_complete: z.string(),
    expires_in: z.number().describe('In seconds.'),
    interval: z.number().describe('Seconds to wait between two requests for the token.'),
  }),
  dialect: 'oauth',
  form: true,
  secret: true,
})

export const issueToken = operation({
  method: 'post',
  path: '/oauth/token',
  action: 'device.issueToken',
  tag,
  summary: 'Get an access token for an approved device code, or renew one with a refresh token.',
  details: 'Send a form or JSON. Errors have the form of OAuth. A refresh token works once.',
  body: z.object({
    grant_type: value(200).describe(`\`${deviceGrant}\` or \`refresh_token\`.`),
    client_id: value(200),
    device_code: value(200).optional(),
    refresh_token: value(200).optional(),
  }),
  reply: z.object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.number().describe('In seconds.'),
    refresh_token: z.string(),
  }),
  dialect: 'oauth',
  form: true,
  secret: true,
})

const codeParams = z.object({
  code: value(100).describe('The code that the program shows, in any case, with or without the hyphen.'),
})

export const viewDevice = operation({
  method: 'get',
  path: '/api/settings/device/:code',
  action: 'device.view',
  tag,
  summary: 'Get who asks to sign in with a code.',
  params: codeParams,
  reply: z.object({
    code: z.string(),
    program: z.string(),
    ip: z.string().describe('The network address that the request came from.'),
    isOtherNetwork: z.boolean().describe('It came from another network than this request.'),
    createdAt: Time,
    expiresAt: Time,
  }),
})

export const approveDevice = operation({
  method: 'post',
  path: '/api/settings/device/:code/approve',
  action: 'device.approve',
  tag,
  summary: 'Approve the sign-in of a program. It gets an access token of your account.',
  params: codeParams,
  body: z.strictObject({ name: tokenFields.name, role: z.enum(['read', 'write']) }),
  reply: Token,
})

export const denyDevice = operation({
  method: 'post',
  path: '/api/settings/device/:code/deny',
  action: 'device.deny',
  tag,
  summary: 'Deny the sign-in of a program.',
  params: codeParams,
  body: z.strictObject({}),
  bodyOptional: true,
  reply: success,
})
