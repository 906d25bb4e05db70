/** Every code an answer can carry, with its status. The list is closed: a new refusal gets a line here first. */
export const errorStatus = {
  BadRequest: 400,
  SetupDone: 409,
  NotSignedIn: 401,
  BadCredentials: 401,
  TwoFactorCodeRequired: 401,
  PlanRequired: 402,
  SeatLimit: 402,
  Forbidden: 403,
  LastAdmin: 403,
  TwoFactorRequired: 403,
  SsoRequired: 403,
  TokenRevoked: 403,
  TokenDenied: 403,
  TokenPending: 403,
  TokenKind: 403,
  TokenLifetime: 403,
  SessionRequired: 403,
  WriteTokenRequired: 403,
  TokenScope: 403,
  IpNotAllowed: 403,
  GatedRepo: 403,
  CrossSite: 403,
  EmailNotVerified: 403,
  RecentSignInRequired: 403,
  NotFound: 404,
  RepoNotFound: 404,
  RevisionNotFound: 404,
  EntryNotFound: 404,
  MethodNotAllowed: 405,
  Conflict: 409,
  NameTaken: 409,
  RequestInProgress: 409,
  InviteLinkEnded: 410,
  PreconditionFailed: 412,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  RangeNotSatisfiable: 416,
  Misdirected: 421,
  Unprocessable: 422,
  TooManyRequests: 429,
  NotImplemented: 501,
  Unavailable: 503,
  InsufficientStorage: 507,
  StorageLimit: 507,
} as const

export type ErrorCode = keyof typeof errorStatus

/** What an error may add to its answer: more body fields, headers, and a status other than the code's own. */
export interface ErrorExtra {
  body?: Record<string, unknown>
  headers?: Record<string, string>
  status?: number
}

/** A refusal with a sentence for the person who reads it: what is wrong and what to do. */
export class HubError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly extra: ErrorExtra

  constructor(code: ErrorCode, sentence: string, extra: ErrorExtra = {}) {
    super(sentence)
    this.name = 'HubError'
    this.code = code
    this.status = extra.status ?? errorStatus[code]
    this.extra = extra
  }
}

/** A `400` that names the field. */
export function badField(field: string, problem: string): HubError {
  return new HubError('BadRequest', `${field}: ${problem}`, { body: { fields: [{ field, message: problem }] } })
}
