import type { Plan } from '../../../api/index.ts'

/** What is counted apart. The clients know these words. */
export const bucketWords = {
  api: 'API requests',
  resolvers: 'downloads and Git requests',
  pages: 'page views',
} as const

export type Bucket = keyof typeof bucketWords

/** Requests within five minutes; a bucket without a number has no limit. */
type BucketLimits = Partial<Record<Bucket, number>>

export interface RateLimits {
  /** Of one account, with all of its sessions and tokens. Pages do not know who is signed in. */
  account: BucketLimits
  /** What an account has instead in an organization on a plan; of several, the highest. */
  plans: Partial<Record<Plan, BucketLimits>>
  /** Of everyone in one network who is not signed in, together. */
  network: BucketLimits
}

/** For where requests are not counted. */
export const noRateLimits: RateLimits = { account: {}, plans: {}, network: {} }
