import type { z } from 'zod'

/**
 * What an operation answers with, beyond plain JSON:
 * `headed` JSON with headers of its own; `page` an array with a `Link: <…>; rel="next"` header; `session` JSON plus the session cookie set or cleared;
 * `stream` a download written piece by piece; `content` bytes with a type of their own, or a redirect; `bytes` a
 * transport with its own framing: the rule reads the body as it comes and answers status, headers and bytes itself.
 */
export type ReplyKind = 'json' | 'headed' | 'page' | 'session' | 'stream' | 'content' | 'bytes'

/**
 * How clients identify themselves, what they send, and how they read a refusal: `json` is the hub's own API; `hub` what
 * published clients speak, with fields of their own; `git` and `lfs` take a token as password too; `link` and
 * `lfs-link` a signed link, which is the parameter `link`; `cas` the token of Xet for the repository that the
 * parameter `cas` names; `open` identifies no one; `oauth` the same, and refuses as RFC 6749 says; `scim` what identity
 * providers speak (RFC 7644); `sso` identifies no one, and refuses with a page.
 */
export type DialectName =
  | 'json'
  | 'hub'
  | 'git'
  | 'lfs'
  | 'link'
  | 'lfs-link'
  | 'cas'
  | 'data'
  | 'open'
  | 'oauth'
  | 'scim'
  | 'sso'

/** What an operation acts on when its path does not say it: names to look up before the decision is made. */
export interface Target {
  org?: string | undefined
  group?: string | undefined
  subject?: string | undefined
  /** The subject is the owner of the token with this ID. */
  subjectToken?: string | undefined
  /** Together with an organization: one of its own repositories. */
  repo?: { type: RepoTypeName; namespace: string; name: string } | undefined
  /** A repository by its id, instead of by its name. */
  repoId?: string | undefined
  /** A namespace that may be a person or an organization. */
  namespace?: string | undefined
}

type RepoTypeName = 'model' | 'dataset' | 'space'
type Shape = z.ZodType

/**
 * One operation of the API, written once: validation, types, the OpenAPI document, the clients and the reference
 * come from it. Path parameters have fixed meanings (`:org`, `:group`, `:username`, `:repoType/:namespace/:repo`); a
 * path that begins `/:repoPrefix/` is three: models stand at the root, the others under `/datasets` and `/spaces`; `*`
 * at the end is the parameter `path`, slashes and all. Parameters, query and body never share a field name, since a
 * rule receives them as one object.
 */
export interface Operation<
  Action extends string = string,
  Params extends Shape = Shape,
  Query extends Shape = Shape,
  Body extends Shape = Shape,
  Reply extends Shape = Shape,
  Kind extends ReplyKind = ReplyKind,
> {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  path: string
  action: Action
  /** Reading the card, `README.md` in the root, takes no more than this action: no gate is in its way. */
  cardAction?: string
  tag: string
  summary: string
  details?: string
  params?: Params
  query?: Query
  body?: Body
  reply: Reply
  status?: 200 | 201 | 202 | 204 | 303
  kind?: Kind
  /** The body may be left out. */
  bodyOptional?: boolean
  /** Changes nothing, though its method is not GET. */
  reads?: boolean
  /** Records an event, though its method is GET: browsers get it only from the hub's own pages. */
  changes?: boolean
  /** Its reply may hold secrets, and so is never compressed. */
  secret?: boolean
  /** The body may also come as a form, repeated fields as a list. */
  form?: boolean
  /** Pages of other sites send it: what it does rests on nothing that a browser adds by itself. */
  crossSite?: boolean
  /** Query fields that may come several times; `name[]` is taken as `name`. */
  repeated?: readonly string[]
  /** How its clients speak. */
  dialect?: DialectName
  /** How large the body may be, where that is more than usual. */
  maxBodyBytes?: number
  /** Finds what it acts on in the parsed input, for operations whose path does not name it. */
  locate?: (input: Record<string, unknown>) => Target
}

/** Declares an operation; the literal types survive. */
export function operation<
  const Action extends string,
  Reply extends Shape,
  Params extends Shape = z.ZodObject<Record<never, never>>,
  Query extends Shape = z.ZodObject<Record<never, never>>,
  Body extends Shape = z.ZodObject<Record<never, never>>,
  const Kind extends ReplyKind = 'json',
>(
  definition: Operation<Action, Params, Query, Body, Reply, Kind>,
): Operation<Action, Params, Query, Body, Reply, Kind> {
  return definition
}

/** Everything an operation takes, as one object: path parameters, query and body. */
export type InputOf<O> =
  O extends Operation<string, infer P, infer Q, infer B, Shape, infer K>
    ? FieldsOf<P> & FieldsOf<Q> & FieldsOf<B> & ('bytes' extends K ? { raw: RawRequest } : unknown)
    : never

/** A request whose body is not JSON, as its rule reads it. */
export interface RawRequest {
  method: string
  /** Path and query as they came. */
  url: string
  headers: Record<string, string | string[] | undefined>
  /** The body as it comes; on the server a stream of Node's. */
  body: AsyncIterable<Uint8Array>
  /** Aborted when the caller is gone. */
  signal: AbortSignal
}

/** A part of a file on the server's disk. */
export interface FileSlice {
  file: string
  start: number
  length: number
}

/** An answer with its own framing; the body may be a stream, or a file. */
export interface RawReply {
  status: number
  headers: Record<string, string>
  body?: AsyncIterable<Uint8Array> | Uint8Array | string | FileSlice | undefined
}

// A part that an operation does not have is typed as a record of `never`, which would make every other field `never` too.
type FieldsOf<S extends Shape> = string extends keyof z.output<S> ? unknown : z.output<S>

/** The JSON an operation answers with. */
export type ReplyOf<O> = O extends Operation<string, Shape, Shape, Shape, infer R> ? z.output<R> : never

/** The path parameters, as a client sends them. */
export type ParamsOf<O> = O extends Operation<string, infer P, Shape, Shape, Shape> ? z.input<P> : never
/** The query, as a client sends it. */
export type QueryOf<O> = O extends Operation<string, Shape, infer Q, Shape, Shape> ? z.input<Q> : never
/** The body, as a client sends it. */
export type BodyOf<O> = O extends Operation<string, Shape, Shape, infer B, Shape> ? z.input<B> : never

/** A rule's answer that also begins (or, with null, ends) the caller's session; undefined leaves it as it is. */
export interface SessionResult<T> {
  reply: T
  session: { secret: string; expiresAt: Date } | null | undefined
  /** The cookie by which the browser stays known to the accounts that signed in with it. */
  device?: string | undefined
}

/** A rule's answer with headers of its own; with `isEmpty` it goes out as `204`, without the reply. */
export interface Headed<T> {
  reply: T
  headers: Record<string, string>
  isEmpty?: boolean
}

/** A rule's answer that is written piece by piece. */
export interface Download {
  fileName: string
  contentType: string
  chunks: AsyncIterable<string>
}

/**
 * A rule's answer that is not JSON: bytes of a type, or the address to go to; or JSON after all, but for image tags,
 * which are led to the image.
 */
export type Content<T> =
  | { contentType: string; body: string | Uint8Array; etag: string }
  | { location: string }
  | { json: T; image?: string }

/** A rule's answer that is one page of a list. */
export interface PageResult<T> {
  items: T[]
  next: string | undefined
  headers?: Record<string, string>
}

/** What a rule returns for an operation. */
export type ResultOf<O> =
  O extends Operation<string, Shape, Shape, Shape, infer R, infer K>
    ? {
        json: z.input<R>
        headed: Headed<z.input<R>>
        page: z.input<R> extends (infer Item)[] ? PageResult<Item> : never
        session: SessionResult<z.input<R>>
        stream: Download
        content: Content<z.input<R>>
        bytes: RawReply
      }[K]
    : never

/** The addresses of an operation, each with the type of repository that its prefix means. */
export function addressesOf(path: string): { path: string; repoType?: 'models' | 'datasets' | 'spaces' }[] {
  if (!path.startsWith('/:repoPrefix/')) return [{ path }]
  const rest = path.slice('/:repoPrefix'.length)
  return [
    { path: rest, repoType: 'models' },
    { path: `/datasets${rest}`, repoType: 'datasets' },
    { path: `/spaces${rest}`, repoType: 'spaces' },
  ]
}
