import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { HubError } from '../../kernel/errors.ts'
import type { Links } from '../../mail/links.ts'

// Supervisors ask by whatever name they know; these tell nothing.
const probes = /^\/(healthz|readyz)$/

/**
 * The refusal of a request that names another host than the hub's own: a page of another site can have its name lead here, and
 * would then count as the hub's own page (DNS rebinding). Addresses without a name are safe from that, and so are the
 * names of this very machine.
 */
export function refusalOfHost(
  { headers, url }: FastifyRequest,
  { publicUrl }: Links,
  allowedHosts: readonly string[],
): HubError | undefined {
  const { host } = headers
  // HTTP/1.0; no browser speaks it
  if (host === undefined || publicUrl.endsWith(`//${host}`) || probes.test(url)) return undefined
  const name = hostName(host)
  if (name !== undefined && (isLocal(name) || name === new URL(publicUrl).hostname || allowedHosts.includes(name)))
    return undefined
  return new HubError(
    'Misdirected',
    `Guildhall answers at ${publicUrl}, not at ${name ?? 'this host'}. Open that address. Site admins: set GUILDHALL_PUBLIC_URL to the address that people use, or add the name to GUILDHALL_ALLOWED_HOSTS.`,
  )
}

// Without the port
function hostName(host: string): string | undefined {
  const address = `http://${host}`
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(address)) return undefined
  return new URL(address).hostname.replace(/\.$/, '')
}

function isLocal(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name.replace(/^\[|\]$/g, '')) !== 0
}
