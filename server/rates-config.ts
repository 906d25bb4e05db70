import { type Plan, plans } from '../api/shapes.ts'
import { ConfigError } from './config-error.ts'

type Limits<Bucket extends string> = Partial<Record<Bucket, number>>

const accountBuckets = ['api', 'resolvers'] as const
const networkBuckets = ['api', 'resolvers', 'pages'] as const

/** Requests within five minutes, of an account, and of a network without sign-in. */
export interface RatesConfig {
  account: Limits<(typeof accountBuckets)[number]>
  /** What members of an organization on a plan have instead. */
  plans: Partial<Record<Plan, Limits<(typeof accountBuckets)[number]>>>
  network: Limits<(typeof networkBuckets)[number]>
}

const accounts = 'GUILDHALL_RATE_LIMITS'
const networks = 'GUILDHALL_ANONYMOUS_RATE_LIMITS'

/** Reads the limits; throws {@link ConfigError} for the first part that cannot be. */
export function ratesOf(read: (name: typeof accounts | typeof networks) => string): RatesConfig {
  const parts = partsOf(read(accounts))
  const account = limitsOf(accounts, parts.filter(isForAll), accountBuckets)
  return {
    account,
    plans: planLimitsOf(
      parts.filter((part) => !isForAll(part)),
      account,
    ),
    network: limitsOf(networks, partsOf(read(networks)), networkBuckets),
  }
}

function partsOf(text: string): string[] {
  return text === 'off' ? [] : text.split(',').map((part) => part.trim())
}

function isForAll(part: string): boolean {
  return !part.includes('.')
}

function limitsOf<Bucket extends string>(name: string, parts: string[], buckets: readonly Bucket[]): Limits<Bucket> {
  const limits = parts.map((part): [Bucket, number] => {
    const [, word = '', digits = ''] = part.match(/^(\w+)=([1-9]\d{0,8})$/) ?? []
    const bucket = buckets.find((each) => each === word)
    if (bucket !== undefined) return [bucket, Number(digits)]
    throw new ConfigError(
      `${name} contains “${part}”. It must be off, or a list of ${buckets.join(', ')} with numbers, such as api=5000.`,
    )
  })
  return Object.fromEntries(limits) as Limits<Bucket>
}

function planLimitsOf(parts: string[], account: RatesConfig['account']): RatesConfig['plans'] {
  const limits: RatesConfig['plans'] = {}
  for (const part of parts) {
    const [, word = '', rest = ''] = part.match(/^(\w+)\.(.*)$/) ?? []
    const plan = plans.find((each) => each === word)
    if (plan === undefined)
      throw new ConfigError(`${accounts} contains “${part}”. The plans are ${plans.join(', ')}, such as team.api=5000.`)
    const [bucket, limit] = Object.entries(limitsOf(accounts, [rest], accountBuckets))[0] ?? []
    if (bucket === undefined || account[bucket as keyof typeof account] === undefined)
      throw new ConfigError(`${accounts} contains “${part}”, so it must also limit ${bucket} for everyone else.`)
    limits[plan] = { ...limits[plan], [bucket]: limit }
  }
  return limits
}
