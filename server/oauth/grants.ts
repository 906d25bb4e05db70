import type { InputOf, oauth, ResultOf } from '../../api/index.ts'
import { deviceGrant } from '../../api/oauth.ts'
import type { Author } from '../access/author.ts'
import type { Permit } from '../access/permit.ts'
import { now } from '../kernel/clock.ts'
import type { HubError } from '../kernel/errors.ts'
import { digest } from '../kernel/secret.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { type IssuedTokens, issueTokens, refreshToken } from '../tokens/refresh.ts'
import { findProgram, type Program } from './programs.ts'
import { oauthRefusal } from './refusal.ts'
import * as store from './store.ts'

// RFC 8628 §3.5
const slowerSeconds = 5

type Input = InputOf<typeof oauth.issueToken>

/** Answers a program that asks for its tokens, or to renew them. */
export async function issueToken(
  db: Db,
  permit: Permit<'device.issueToken'>,
  input: Input,
): Promise<ResultOf<typeof oauth.issueToken>> {
  const program = findProgram(input.client_id)
  if (program === undefined) throw oauthRefusal('invalid_client')
  const issued = await byGrant(db, permit, program, input)
  return {
    access_token: issued.accessToken,
    token_type: 'Bearer',
    expires_in: issued.expiresInSeconds,
    refresh_token: issued.refreshToken,
  }
}

async function byGrant(db: Db, author: Author, { clientId }: Program, input: Input): Promise<IssuedTokens> {
  if (input.grant_type === 'refresh_token') {
    const secret = input.refresh_token ?? missing()
    return (await refreshToken(db, author, { secret, clientId })) ?? refused('invalid_grant')
  }
  if (input.grant_type !== deviceGrant) throw oauthRefusal('unsupported_grant_type')
  const hash = digest(input.device_code ?? missing())
  const answer = await transaction(db, (tx) => answerDevice(tx, author, { hash, clientId }))
  // What is refused is noted too, so it is thrown only once that is kept
  if ('accessToken' in answer) return answer
  throw answer
}

function missing(): never {
  return refused('invalid_request')
}

function refused(error: Parameters<typeof oauthRefusal>[0]): never {
  throw oauthRefusal(error)
}

interface Asked {
  hash: Buffer
  clientId: string
}

async function answerDevice(tx: Tx, author: Author, asked: Asked): Promise<IssuedTokens | HubError> {
  const device = await store.findDevice(tx, asked.hash)
  if (device === undefined || device.client_id !== asked.clientId) return oauthRefusal('invalid_grant')
  if (device.denied) return oauthRefusal('access_denied')
  if (device.expires_at <= now()) return oauthRefusal('expired_token')
  if (device.token_id !== null) return redeem(tx, author, asked)
  const isSoon = await store.notePoll(tx, asked.hash, now(), slowerSeconds)
  return oauthRefusal(isSoon ? 'slow_down' : 'authorization_pending')
}

// The token is locked before the code, as when it is deleted. Of two requests at once, one deletes the code.
async function redeem(tx: Tx, author: Author, { hash, clientId }: Asked): Promise<IssuedTokens | HubError> {
  const approved = await store.lockApproved(tx, hash)
  if (approved === undefined || !(await store.deleteDevice(tx, hash))) return oauthRefusal('invalid_grant')
  const { id, name, created_at: createdAt, owner_id: ownerId, owner_name: ownerName, owner_state: state } = approved
  if (state !== 'active') return oauthRefusal('access_denied')
  return issueTokens(tx, author, { id, name, createdAt, owner: { id: ownerId, name: ownerName }, clientId })
}
