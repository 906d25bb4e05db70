import { z } from 'zod'
import { operation } from './operation.ts'
import { Id, idParams, line, nothing, success, Time } from './shapes.ts'

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
export const NewToken = Token.extend({ token: z.string().describe('Shown this once.') })
export const tokenFields = {
  name: line(100).pipe(z.string().min(1)),
  role: z.enum(['read', 'write']),
  expiresAt: z.iso.datetime().nullable().optional().describe('When it stops working; at most ten years ahead.'),
}

export const listTokens = operation({
  method: 'get',
  path: '/api/settings/tokens',
  action: 'token.list',
  tag,
  summary: 'Your access tokens.',
  reply: z.array(Token),
})
export const createToken = operation({
  method: 'post',
  path: '/api/settings/tokens',
  action: 'token.create',
  tag,
  summary: 'Create an access token; it is shown once.',
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
  summary: 'Delete a token; it stops working at once.',
  params: idParams,
  reply: success,
})
export const rotateToken = operation({
  method: 'post',
  path: '/api/settings/tokens/:id/rotate',
  action: 'token.rotate',
  tag,
  summary: 'Replace the secret of a token; the old one stops working at once.',
  params: idParams,
  body: nothing,
  bodyOptional: true,
  reply: NewToken,
})
