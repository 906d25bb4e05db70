import type { S3Client } from '@aws-sdk/client-s3'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import { outOfSpace } from '../../shares/disk.ts'
import { unknownUpload } from '../bytes/checks.ts'

/** How an S3-compatible store is reached. */
export interface S3Options {
  /** Empty: that of AWS. */
  endpoint: string
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** What every key begins with; may be empty. */
  prefix: string
  /** The bucket as part of the path instead of the host name. */
  forcePathStyle: boolean
}

/** The client and its commands, loaded together when they are first needed: they take a third of a second. */
export type Sdk = typeof import('@aws-sdk/client-s3') & { client: S3Client }

const sockets = 256
// What matters comes back as an error; the library would print the rest.
const quiet = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: (text: unknown) => log.debug({ text }, 'message from the object store client'),
  error: (text: unknown) => log.debug({ text }, 'message from the object store client'),
}

/** A connection that is made at its first use. */
export function lazySdk(options: S3Options): () => Promise<Sdk> {
  let loading: Promise<Sdk> | undefined
  return () => {
    loading ??= loadSdk(options)
    return loading
  }
}

async function loadSdk(options: S3Options): Promise<Sdk> {
  const library = await import('@aws-sdk/client-s3')
  const client = new library.S3Client({
    ...(options.endpoint !== '' && { endpoint: options.endpoint }),
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    forcePathStyle: options.forcePathStyle,
    // The hub checks every byte by SHA-256; many compatible servers do not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: quiet,
    requestHandler: {
      connectionTimeout: 5000,
      httpAgent: { maxSockets: sockets },
      httpsAgent: { maxSockets: sockets },
    },
  })
  return { ...library, client }
}

/** Runs requests to the store; what it answers becomes a refusal with a sentence, its details go to the log. */
export async function askStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asRefusal(error)
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof HubError || !(error instanceof Error)) return error
  if (error.name === 'NoSuchUpload') return unknownUpload()
  if (statusOf(error) === 507 || error.name === 'QuotaExceeded') return outOfSpace()
  const isNetwork = 'code' in error && /^(E[A-Z]+|UND_ERR)/.test(String(error.code)) && !('url' in error)
  if (!('$metadata' in error) && !isNetwork) return error
  log.error({ err: error }, 'the object store refused a request or does not respond')
  return new HubError('Unavailable', 'The storage for large files is not available. Try again in a minute.')
}

function statusOf(error: Error): number | undefined {
  const { $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  return $metadata?.httpStatusCode
}

/** For `catch`: an object that is not there is no error. */
export function unlessAbsent(error: unknown): undefined {
  const absent = error instanceof Error && (['NoSuchKey', 'NotFound'].includes(error.name) || statusOf(error) === 404)
  if (!absent) throw error
}
