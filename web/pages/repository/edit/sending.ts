import { ApiError } from '../../../../api/index.ts'

/** Something to send, with a body that may be on disk. */
export interface Outgoing {
  method: 'POST' | 'PUT'
  address: string
  type: string
  body: Blob | string
}

/** Reports how much was sent, and can stop it. */
export interface Watched {
  onBytes?: (bytes: number) => void
  signal?: AbortSignal | undefined
}

/** Sends a request and answers its reply; of the two ways a browser has, only this one tells how much has gone out. */
export async function send(
  { method, address, type, body }: Outgoing,
  { onBytes, signal }: Watched,
): Promise<XMLHttpRequest> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    request.open(method, address)
    request.setRequestHeader('Content-Type', type)
    request.setRequestHeader('Accept', 'application/json, application/vnd.git-lfs+json')
    request.upload.onprogress = ({ loaded }) => onBytes?.(loaded)
    request.onload = () => (request.status < 300 ? resolve(request) : reject(refusalIn(request)))
    request.onerror = () => reject(new TypeError('the connection ended'))
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    signal?.addEventListener('abort', stop)
    request.send(body)
  })
}

function refusalIn(request: XMLHttpRequest): ApiError {
  const said = (name: string) => request.getResponseHeader(name) ?? undefined
  return new ApiError(request.status, said('x-error-code'), bodyOf(request), said('x-request-id'))
}

/** The JSON of a reply. */
export function bodyOf({ responseText }: XMLHttpRequest): Record<string, unknown> {
  try {
    const reply: unknown = JSON.parse(responseText)
    return typeof reply === 'object' && reply !== null ? (reply as Record<string, unknown>) : {}
  } catch {
    return { error: responseText.slice(0, 500) }
  }
}
