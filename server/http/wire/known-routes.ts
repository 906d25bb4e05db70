import type { HTTPMethods, RouteOptions } from 'fastify'
import FindMyWay from 'find-my-way'

/** What addresses the hub has, for requests that match none of its routes. */
export interface KnownRoutes {
  /** Notes a route when it is added. */
  note(route: Pick<RouteOptions, 'method' | 'url'>): void
  /** The methods that an address takes; none where no route has it. */
  methodsAt(url: string): string[]
  /** The address that a request means: without a host, without doubled slashes at its start, and without a slash at its end if only that has a route. */
  plainUrl(method: string, url: string): string
}

/** Starts with no routes. */
export function openKnownRoutes(maxParamLength: number): KnownRoutes {
  const router = FindMyWay({ maxParamLength })
  const methods = new Set<HTTPMethods>()
  const has = (method: string, path: string) => router.find(method as FindMyWay.HTTPMethod, path) !== null
  return {
    note({ method, url }) {
      for (const one of [method].flat()) {
        methods.add(one)
        router.on(one as FindMyWay.HTTPMethod, url, () => undefined)
      }
    },
    methodsAt: (url) => [...methods].filter((method) => has(method, url)),
    plainUrl(method, url) {
      const end = url.indexOf('?')
      const [path, query] = end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end)]
      const plain = withoutHost(path)
      const isLonger = plain.endsWith('/') && !has(method, plain) && has(method, plain.slice(0, -1))
      return (isLonger ? plain.slice(0, -1) : plain) + query
    },
  }
}

// RFC 9112 §3.2.2: proxies may send the whole address
function withoutHost(path: string): string {
  const plain = path.replace(/^https?:\/\/[^/]*/i, '')
  return plain.startsWith('/') ? plain.replace(/^\/+/, '/') : `/${plain}`
}
