import { z } from 'zod'
import { operation } from './operation.ts'
import { AnyTime, Id, idParams, line, nothing, success, Time } from './shapes.ts'

const tag = 'Access tokens'

export const Token = z.object({
  id: Id,
  name: z.string(),
  role: z.enum(['read', 'write']),
  last4: z.string(),
  createdAt: Time,
  expiresAt: Time.nullable(),
  lastUsedAt: Time.nullable(),
})
export const NewToken = Token.extend({ token: z.string().describe('Shown only once.') })
export const tokenFields = {
  name: line(100).pipe(z.string().min(1)),
  role: z.enum(['read', 'write']),
  expiresAt: AnyTime.nullable().optional().describe('When it expires; at most ten years ahead.'),
}

export const listTokens = operation({
  method: 'get',
  path: '/api/settings/tokens',
  action: 'token.list',
  tag,
  summary: 'List your access tokens.',
  reply: z.array(Token),
})
export const createToken = operation({
  method: 'post',
  path: '/api/settings/tokens',
  action: 'token.create',
  tag,
  summary: 'Create an access token. It is shown only once.',
  body: z.strictObject(tokenFields),
  reply: NewToken,
  status: 201,
})
export const updateToken = operation({
  method: 'patch',
  path: '/api/settings/tokens/:id',
  action: 'token.update',
  tag,
  summary: 'Rename a token.',
  params: idParams,
  body: z.strictObject({ name: tokenFields.name }),
  reply: Token,
})
export const deleteToken = operation({
  method: 'delete',
  path: '/api/settings/tokens/:id',
  action: 'token.delete',
  tag,
  summary: 'Delete a token. It stops working immediately.',
  params: idParams,
  reply: success,
})
export const rotateToken = operation({
  method: 'post',
  path: '/api/settings/tokens/:id/rotate',
  action: 'token.rotate',
  tag,
  summary: 'Replace the secret of a token. The old one stops working immediately.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: NewToken,
})
