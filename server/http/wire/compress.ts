import { pipeline, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliCompress, constants, createGzip, gzip } from 'node:zlib'
import { negotiate } from '@fastify/accept-negotiator'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { digest } from '../../kernel/secret.ts'

// Below, what is saved on the wire is not worth the work.
const leastBytes = 1024
// Of Brotli and gzip alike: quick enough for every request, and as small as is worth it for what is kept.
const quick = 4
const thorough = 9

type Encoding = 'br' | 'gzip'

/**
 * A text as small as the client takes it, with the headers that say so. Only for replies without a secret: how well a secret
 * compresses beside words of an attacker's choice gives it away (BREACH).
 */
export async function compressedFor(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
): Promise<string | Buffer> {
  if (text.length < leastBytes) return text
  const encoding = encodingFor(request, reply)
  if (encoding === undefined) return text
  const bytes = await compressed(text, encoding, quick)
  reply.header('Content-Encoding', encoding)
  return bytes
}

/** Sends a stream of text, compressed where the client takes it; where the stream breaks off, so does the reply. */
export function sendStream(request: FastifyRequest, reply: FastifyReply, text: Readable): FastifyReply {
  if (encodingFor(request, reply) === undefined) return reply.send(text)
  const smaller = pipeline(text, createGzip(), () => undefined)
  return reply.header('Content-Encoding', 'gzip').send(smaller)
}

/** A text that many ask for and that rarely changes, compressed once. */
export interface KeptText {
  etag: string
  /** Bytes: a text would be encoded again for each reply. */
  identity: Buffer
  br: Buffer
  gzip: Buffer
}

/** Compresses a text that is kept. */
export async function keepText(text: string): Promise<KeptText> {
  const [br, gzip] = await Promise.all([compressed(text, 'br', thorough), compressed(text, 'gzip', thorough)])
  return { etag: `W/"${digest(text).toString('base64url')}"`, identity: Buffer.from(text), br, gzip }
}

/** Sends a kept text, or `304` to a client that has it. */
export function sendKept(request: FastifyRequest, reply: FastifyReply, kept: KeptText): FastifyReply {
  const encoding = encodingFor(request, reply)
  reply.headers({ ETag: kept.etag, 'Cache-Control': 'no-cache' })
  if (request.headers['if-none-match']?.includes(kept.etag)) return reply.code(304).send()
  if (encoding !== undefined) reply.header('Content-Encoding', encoding)
  return reply.send(kept[encoding ?? 'identity'])
}

function encodingFor(request: FastifyRequest, reply: FastifyReply): Encoding | undefined {
  reply.header('Vary', 'Accept-Encoding')
  const accepted = request.headers['accept-encoding']
  if (typeof accepted !== 'string') return undefined
  return negotiate<Encoding>(accepted, ['br', 'gzip']) ?? undefined
}

function compressed(text: string, encoding: Encoding, level: number): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(text, { level })
  return promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: level } })
}
