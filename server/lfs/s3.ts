import type { LfsStore } from './bytes.ts'

export interface S3Options {
  endpoint: string
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  prefix: string
  forcePathStyle: boolean
}

export function openLfsS3(_options: S3Options): LfsStore {
  throw new Error('being written')
}
