import { Resolver } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError } from './config-error.ts'
import { type RatesConfig, ratesOf } from './rates-config.ts'

/** Every setting: its name, what it is unless set, and what it does. The reference page is made from this list. */
export const settings = [
  { name: 'GUILDHALL_HOST', fallback: '127.0.0.1', meaning: 'Address to listen on. `0.0.0.0` for every interface.' },
  { name: 'GUILDHALL_PORT', fallback: '8080', meaning: 'Port to listen on. `0` picks a free port.' },
  {
    name: 'GUILDHALL_DATA_DIR',
    fallback: './data',
    meaning:
      'Data folder of this process: the database, the secret key, uploads in progress, and the command-line socket. Repositories and large files are also here, unless `GUILDHALL_REPOSITORIES_DIR` is set.',
  },
  {
    name: 'GUILDHALL_REPOSITORIES_DIR',
    fallback: '',
    meaning:
      'Folder for repositories and large files. All processes on the same database share it. Default: the data folder.',
  },
  {
    name: 'GUILDHALL_PUBLIC_URL',
    fallback: 'http://127.0.0.1:<port>',
    meaning: 'URL that people use. It appears in links, emails, and API responses.',
  },
  {
    name: 'GUILDHALL_ALLOWED_HOSTS',
    fallback: '',
    meaning:
      'Additional host names, such as `guildhall,hub.internal`. Guildhall always answers to the host of the public URL, to `localhost`, and to IP addresses. Other names get `421`.',
  },
  {
    name: 'GUILDHALL_CORS',
    fallback: 'on',
    meaning:
      '`off` keeps pages of other sites from reading public repositories and other responses that need no sign-in. Turn it off on a private network, where public means your colleagues.',
  },
  {
    name: 'DATABASE_URL',
    fallback: '',
    meaning:
      'Your own PostgreSQL 15 or newer, `postgres://user:password@host:5432/database`. If empty, Guildhall runs its own PostgreSQL in the data folder.',
  },
  {
    name: 'GUILDHALL_SMTP_URL',
    fallback: '',
    meaning:
      'Mail server, `smtp://user:password@host:587` or `smtps://…`. If empty, mail stays in the outbox, where site admins can read it.',
  },
  { name: 'GUILDHALL_MAIL_FROM', fallback: 'Guildhall <guildhall@localhost>', meaning: 'Sender of emails.' },
  {
    name: 'GUILDHALL_SECRET_KEY',
    fallback: '',
    meaning:
      'Key that encrypts secrets in the database, at least 32 characters. If empty, it is stored as `secret.key` in the data folder. Processes that share a database must use the same key.',
  },
  {
    name: 'GUILDHALL_PREVIOUS_SECRET_KEY',
    fallback: '',
    meaning: 'The key before, while you rotate `GUILDHALL_SECRET_KEY`. See [Security](../guides/security.md).',
  },
  {
    name: 'GUILDHALL_TRUSTED_PROXIES',
    fallback: '',
    meaning:
      'Addresses of your reverse proxies, for example `127.0.0.1,10.0.0.0/8`. The client is the last address in `X-Forwarded-For` that is not one of them. If empty, the header is ignored.',
  },
  {
    name: 'GUILDHALL_GIT_TRANSFERS',
    fallback: '0',
    meaning:
      'Maximum number of concurrent Git fetches and pushes. One caller can use half of them, and all callers who are not signed in can use three quarters together. Other requests wait up to 20 seconds. `0` means four for each processor.',
  },
  {
    name: 'GUILDHALL_MAX_PUSH',
    fallback: '10G',
    meaning: 'Maximum size of one Git push, without LFS files. Sizes are in bytes, or end in `K`, `M`, `G`, or `T`.',
  },
  {
    name: 'GUILDHALL_MAX_COMMIT',
    fallback: '50G',
    meaning:
      'Maximum size of the body of one commit through the API, which includes the files that are sent inside it. Larger ones get `413`.',
  },
  {
    name: 'GUILDHALL_MAX_LFS_OBJECT',
    fallback: '500G',
    meaning: 'Maximum size of an LFS file.',
  },
  {
    name: 'GUILDHALL_DISK_RESERVE',
    fallback: '',
    meaning:
      'Disk space that uploads leave free, for example `20G`. Uploads beyond it get `507`. If empty, 2% of the file system, but at least 1 GB.',
  },
  {
    name: 'GUILDHALL_XET',
    fallback: 'on',
    meaning:
      '`off` turns off uploads by Xet, which `huggingface_hub` 1.20 and newer uses for large files. These clients then send files of up to 2 GB inside a commit. Larger files require `HF_HUB_DISABLE_XET=1` on the client. Will be removed in the next version.',
  },
  {
    name: 'GUILDHALL_LFS_S3_BUCKET',
    fallback: '',
    meaning: 'Bucket of an S3-compatible store for LFS files. If empty, they are stored next to the repositories.',
  },
  {
    name: 'GUILDHALL_LFS_S3_ENDPOINT',
    fallback: '',
    meaning: 'Address of the S3-compatible store. If empty, AWS is used. Clients download from it directly.',
  },
  { name: 'GUILDHALL_LFS_S3_REGION', fallback: 'us-east-1', meaning: 'Region of the bucket.' },
  { name: 'GUILDHALL_LFS_S3_ACCESS_KEY_ID', fallback: '', meaning: 'Access key ID for the S3-compatible store.' },
  {
    name: 'GUILDHALL_LFS_S3_SECRET_ACCESS_KEY',
    fallback: '',
    meaning: 'Secret access key for the S3-compatible store.',
  },
  {
    name: 'GUILDHALL_LFS_S3_PREFIX',
    fallback: '',
    meaning: 'Prefix of all keys in the bucket, for example `guildhall/`.',
  },
  {
    name: 'GUILDHALL_LFS_S3_PATH_STYLE',
    fallback: 'true',
    meaning: 'Set to `false` if the bucket name is part of the host name.',
  },
  {
    name: 'GUILDHALL_DNS_SERVERS',
    fallback: '',
    meaning:
      'DNS servers that look up the records of email domains, for example `192.0.2.1,192.0.2.2:5353`. If empty, the resolver of the system is used.',
  },
  {
    name: 'GUILDHALL_PRIVATE_NETWORKS',
    fallback: '',
    meaning:
      'Private networks that Guildhall can call at the request of an organization, for example `10.0.0.0/8,127.0.0.1`. List the network of your identity provider if it is internal. Other addresses must be public and use HTTPS.',
  },
  {
    name: 'GUILDHALL_COUNTRY_DATABASE',
    fallback: '',
    meaning:
      'File in the MaxMind DB format (`.mmdb`) with the countries of IP addresses, read at the start. If empty, gated repositories show `extra_gated_eu_disallowed` but don’t enforce it. See [Gate a repository](../guides/gated-repositories.md#block-the-european-union).',
  },
  {
    name: 'GUILDHALL_RATE_LIMITS',
    fallback: 'api=300000,resolvers=600000',
    meaning:
      'Requests that one account can make within 5 minutes, with all of its sessions and tokens: API requests, and downloads and Git requests (`resolvers`). More get `429`. Organizations on a plan can have their own: `enterprise.api=600000`. `off` for no limits.',
  },
  {
    name: 'GUILDHALL_ANONYMOUS_RATE_LIMITS',
    fallback: 'api=30000,resolvers=60000,pages=30000',
    meaning:
      'The same for each network without sign-in, and for pages. A network is a /24 of IPv4 or a /64 of IPv6. `off` for no limits.',
  },
  {
    name: 'GUILDHALL_LOG_LEVEL',
    fallback: 'info',
    meaning: '`debug`, `info`, `warn`, `error`, or `silent`. Logs are JSON lines on standard output.',
  },
] as const

type SettingName = (typeof settings)[number]['name']

/** The settings of one process, checked. */
export interface Config {
  host: string
  port: number
  dataDir: string
  /** Empty when it follows from the port that was got. */
  publicUrl: string
  databaseUrl: string
  smtpUrl: string
  mailFrom: string
  secretKey: string
  previousSecretKey: string
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies: string[]
  reach: ReachConfig
  logLevel: string
  storage: StorageConfig
  dnsServers: string[]
  /** Networks that may be called although they are private. */
  privateNetworks: string[]
  /** Path of a file with the countries of addresses; empty: there is none. */
  countryDatabase: string
  rates: RatesConfig
}

/** To whom the hub answers, beside its public URL. */
interface ReachConfig {
  /** Names of hosts, in small letters. */
  allowedHosts: string[]
  /** Whether pages of other sites may read what everyone may. */
  isShared: boolean
}

/** Where what people upload is kept, and how much of it at once; sizes in bytes. */
export interface StorageConfig {
  /** Empty: the data folder. */
  repositoriesDir: string
  /** Undefined: 2 % of the disk, at least 1 GiB. */
  diskReserveBytes: number | undefined
  gitTransfers: number
  maxPushBytes: number
  maxCommitBytes: number
  maxLfsObjectBytes: number
  hasXet: boolean
  /** Undefined: LFS files are beside the repositories. */
  lfsS3:
    | {
        endpoint: string
        region: string
        bucket: string
        accessKeyId: string
        secretAccessKey: string
        prefix: string
        forcePathStyle: boolean
      }
    | undefined
}

const packageRoot = fileURLToPath(new URL('..', import.meta.url))

/** Reads the settings from the environment; throws {@link ConfigError} for the first that cannot be. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const read = (name: SettingName) =>
    environment[name] ?? settings.find((setting) => setting.name === name)?.fallback ?? ''
  const dataDir = environment.GUILDHALL_DATA_DIR ? resolve(environment.GUILDHALL_DATA_DIR) : join(packageRoot, 'data')
  return {
    host: read('GUILDHALL_HOST'),
    port: portOf(read('GUILDHALL_PORT')),
    dataDir,
    publicUrl: environment.GUILDHALL_PUBLIC_URL ? originOf(environment.GUILDHALL_PUBLIC_URL) : '',
    databaseUrl: read('DATABASE_URL'),
    smtpUrl: read('GUILDHALL_SMTP_URL'),
    mailFrom: read('GUILDHALL_MAIL_FROM'),
    secretKey: read('GUILDHALL_SECRET_KEY'),
    previousSecretKey: read('GUILDHALL_PREVIOUS_SECRET_KEY'),
    trustedProxies: proxiesOf(environment, read('GUILDHALL_TRUSTED_PROXIES')),
    reach: {
      allowedHosts: hostsOf(read('GUILDHALL_ALLOWED_HOSTS')),
      isShared: switchOf('GUILDHALL_CORS', read('GUILDHALL_CORS')),
    },
    logLevel: read('GUILDHALL_LOG_LEVEL'),
    storage: storageOf(read),
    dnsServers: serversOf(read('GUILDHALL_DNS_SERVERS')),
    privateNetworks: networksOf('GUILDHALL_PRIVATE_NETWORKS', read('GUILDHALL_PRIVATE_NETWORKS')),
    countryDatabase: read('GUILDHALL_COUNTRY_DATABASE') && resolve(read('GUILDHALL_COUNTRY_DATABASE')),
    rates: ratesOf(read),
  }
}

function storageOf(read: (name: SettingName) => string): StorageConfig {
  const size = (name: SettingName) => sizeOf(name, read(name))
  const bucket = read('GUILDHALL_LFS_S3_BUCKET')
  const lfsS3 = {
    endpoint: read('GUILDHALL_LFS_S3_ENDPOINT'),
    region: read('GUILDHALL_LFS_S3_REGION'),
    bucket,
    accessKeyId: read('GUILDHALL_LFS_S3_ACCESS_KEY_ID'),
    secretAccessKey: read('GUILDHALL_LFS_S3_SECRET_ACCESS_KEY'),
    prefix: read('GUILDHALL_LFS_S3_PREFIX'),
    forcePathStyle: read('GUILDHALL_LFS_S3_PATH_STYLE') !== 'false',
  }
  if (bucket !== '' && (lfsS3.accessKeyId === '' || lfsS3.secretAccessKey === '')) {
    throw new ConfigError(
      'GUILDHALL_LFS_S3_BUCKET requires GUILDHALL_LFS_S3_ACCESS_KEY_ID and GUILDHALL_LFS_S3_SECRET_ACCESS_KEY.',
    )
  }
  return {
    repositoriesDir: read('GUILDHALL_REPOSITORIES_DIR') && resolve(read('GUILDHALL_REPOSITORIES_DIR')),
    diskReserveBytes: read('GUILDHALL_DISK_RESERVE') === '' ? undefined : size('GUILDHALL_DISK_RESERVE'),
    gitTransfers: size('GUILDHALL_GIT_TRANSFERS'),
    maxPushBytes: size('GUILDHALL_MAX_PUSH'),
    maxCommitBytes: size('GUILDHALL_MAX_COMMIT'),
    maxLfsObjectBytes: size('GUILDHALL_MAX_LFS_OBJECT'),
    hasXet: switchOf('GUILDHALL_XET', read('GUILDHALL_XET')),
    lfsS3: bucket === '' ? undefined : lfsS3,
  }
}

const sizeUnits = ['', 'K', 'M', 'G', 'T']

function sizeOf(name: SettingName, text: string): number {
  const [, digits = '', unit = ''] = text.match(/^(\d{1,12})([KMGT]?)$/i) ?? []
  if (digits !== '') return Number(digits) * 1024 ** sizeUnits.indexOf(unit.toUpperCase())
  throw new ConfigError(`${name} is “${text}”. It must be a number, optionally followed by K, M, G, or T.`)
}

function serversOf(text: string): string[] {
  const servers = text.split(',').map((server) => server.trim())
  try {
    new Resolver().setServers(servers.filter((server) => server !== ''))
  } catch {
    throw new ConfigError(
      `GUILDHALL_DNS_SERVERS is “${text}”. It must be a list of addresses such as 192.0.2.1 or 192.0.2.1:5353.`,
    )
  }
  return servers.filter((server) => server !== '')
}

// A network that holds every address would let each client name its own.
function proxiesOf(environment: NodeJS.ProcessEnv, text: string): string[] {
  if (environment.GUILDHALL_TRUST_PROXY)
    throw new ConfigError(
      'GUILDHALL_TRUST_PROXY is no longer supported. List the addresses of your proxies in GUILDHALL_TRUSTED_PROXIES, for example 127.0.0.1.',
    )
  return networksOf('GUILDHALL_TRUSTED_PROXIES', text)
}

function networksOf(name: SettingName, text: string): string[] {
  const networks = text.split(',').flatMap((network) => network.trim() || [])
  const wrong = networks.find((network) => !isNetwork(network))
  if (wrong === undefined) return networks
  throw new ConfigError(
    `${name} contains “${wrong}”. It must be a list of addresses or networks such as 127.0.0.1 or 10.0.0.0/8.`,
  )
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  if (prefix === undefined) return isIP(address) !== 0
  if (rest.length > 0 || !/^[1-9]\d*$/.test(prefix)) return false
  try {
    new BlockList().addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4')
    return true
  } catch {
    return false
  }
}

function hostsOf(text: string): string[] {
  const hosts = text.split(',').flatMap((host) => host.trim().toLowerCase() || [])
  const wrong = hosts.find((host) => !/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/.test(host))
  if (wrong === undefined) return hosts
  throw new ConfigError(
    `GUILDHALL_ALLOWED_HOSTS contains “${wrong}”. It must be a list of names such as hub.internal, without scheme or port.`,
  )
}

function switchOf(name: SettingName, text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new ConfigError(`${name} is “${text}”. It must be on or off.`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ConfigError(`GUILDHALL_PORT is “${text}”. It must be a number from 0 to 65535.`)
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '') return url.origin
  throw new ConfigError(
    `GUILDHALL_PUBLIC_URL is “${text}”. It must be an address such as https://hub.example.org, without a path.`,
  )
}
