import type { ErrorCode } from '../server/kernel/errors.ts'

/** What a code means, and what the reader can do. A code without words does not compile. */
export const errorWords: Readonly<Record<ErrorCode, { meaning: string; remedy: string }>> = {
  BadRequest: {
    meaning: 'A field, a query parameter, or the body is missing or has the wrong format.',
    remedy: 'Fix the fields that are listed in `fields`, and send the request again.',
  },
  SetupDone: {
    meaning: 'The instance already has a site admin account.',
    remedy: 'Sign in, or ask a site admin for an account.',
  },
  NotSignedIn: {
    meaning: 'The request has no access token and no session, or the token or session is invalid or has expired.',
    remedy: 'Sign in, or send a valid token as `Authorization: Bearer …`.',
  },
  BadCredentials: {
    meaning: 'The username, the password, or the 2FA code is wrong.',
    remedy: 'Try again, or reset your password. If you lost your authenticator, use a recovery code.',
  },
  TwoFactorCodeRequired: {
    meaning: 'The password is correct, and the account uses two-factor authentication (2FA).',
    remedy: 'Send the request again with a code from your authenticator app, or a recovery code.',
  },
  PlanRequired: {
    meaning: "The organization's plan doesn't include this feature.",
    remedy: 'Ask a site admin to change the plan. See [plans](plans.md).',
  },
  SeatLimit: {
    meaning: 'All seats of the organization are used.',
    remedy: 'Remove a member, revoke a pending invitation, or ask a site admin to raise the seat limit.',
  },
  Forbidden: {
    meaning: "You can see this, but you don't have the role or the permission to do it.",
    remedy: 'Ask an admin of the organization for access. See [permissions](permissions.md).',
  },
  LastAdmin: {
    meaning: 'The change would leave the organization without an active admin.',
    remedy: 'Make one of the members in `candidates` an admin first, then try again.',
  },
  SsoRequired: {
    meaning: 'The organization requires single sign-on, and you have no live SSO session.',
    remedy: 'Open the address at the end of the message, and sign in with SSO. Your tokens work again after that.',
  },
  TwoFactorRequired: {
    meaning: 'The organization requires two-factor authentication (2FA), and your account has none.',
    remedy: 'Turn on 2FA under **Settings → Authentication**. Access returns immediately.',
  },
  TokenRevoked: {
    meaning: 'The organization no longer trusts this token: an admin revoked it, or its owner was offboarded.',
    remedy: 'Create a new token. Rotating the old one has no effect.',
  },
  TokenDenied: {
    meaning: 'The organization requires approval of tokens, and an admin denied this one.',
    remedy: 'Ask an admin of the organization to approve it. See [token policy](../guides/token-policy.md).',
  },
  TokenPending: {
    meaning: 'The organization requires approval of tokens, and this one is waiting for it.',
    remedy: 'Wait until an admin of the organization approves it. See [token policy](../guides/token-policy.md).',
  },
  TokenKind: {
    meaning: 'The organization only accepts fine-grained tokens.',
    remedy: 'Create a fine-grained token. See [access tokens](../guides/tokens.md).',
  },
  TokenLifetime: {
    meaning: 'The token never expires, or expires later than the organization allows.',
    remedy: 'Create a token that expires sooner. See [token policy](../guides/token-policy.md).',
  },
  SessionRequired: {
    meaning: 'Access tokens cannot do this.',
    remedy: 'Sign in with a browser.',
  },
  RecentSignInRequired: {
    meaning: 'The request needs a sign-in within the last ten minutes.',
    remedy:
      'Confirm your password (and a code if 2FA is on) on the page, or with `POST /api/settings/sessions/confirm`.',
  },
  WriteTokenRequired: {
    meaning: 'The request makes a change, and the token has the role `read`.',
    remedy: 'Use a token with the role `write`.',
  },
  GatedRepo: {
    meaning: 'The repository is gated, and you don’t have access to its files. Without a token, the status is `401`.',
    remedy: 'Open the page of the repository and request access. If you have access, send a token of your account.',
  },
  TokenScope: {
    meaning: 'The token is fine-grained, and what it was given does not cover the request.',
    remedy:
      'Edit the token under **Settings → Access tokens**, or use another one. See [access tokens](../guides/tokens.md).',
  },
  IpNotAllowed: {
    meaning: 'The organization can only be accessed from its own networks, and your IP address is not in them.',
    remedy: 'Connect to the network or VPN of the organization. See [IP ranges](../guides/ip-ranges.md).',
  },
  CrossSite: {
    meaning: 'A page of another site sent the request, or a picture asked for a download that is recorded.',
    remedy: 'Do this on the pages of the instance, or send an access token.',
  },
  EmailNotVerified: {
    meaning: "The action needs a verified email address, and yours isn't verified yet.",
    remedy: 'Open the link in the verification email. You can request a new one under **Settings → Account**.',
  },
  NotFound: {
    meaning: "It doesn't exist, or you don't have access to see it.",
    remedy: 'Check the address and the account or token that you use.',
  },
  RepoNotFound: {
    meaning: "The repository doesn't exist, or you don't have access to see it. Without a token, the status is `401`.",
    remedy: 'Check the name and type of the repository. If it is private, send a token of a person with access.',
  },
  RevisionNotFound: {
    meaning: 'The repository has no branch, tag, or commit with this name.',
    remedy: 'Check the revision. `main` is the default branch.',
  },
  EntryNotFound: {
    meaning: 'The revision has no file or folder with this path.',
    remedy: 'Check the path and the revision. Paths are case-sensitive.',
  },
  MethodNotAllowed: {
    meaning: 'The address exists, but not for this method.',
    remedy: 'Use a method from the `Allow` header.',
  },
  Conflict: {
    meaning: 'The request conflicts with the current state, for example because someone else changed it first.',
    remedy: 'Load the current state, and decide again.',
  },
  NameTaken: {
    meaning: 'The name is used or reserved.',
    remedy: 'Choose another name.',
  },
  RequestInProgress: {
    meaning:
      'A request with the same `Idempotency-Key` is still running, or ended before its answer was stored. Then `applied` says whether the change was made.',
    remedy: 'Wait and try again with the same key. If `applied` is present, check the state first.',
  },
  InviteLinkEnded: {
    meaning: 'The invite link has expired, was revoked, or has reached its maximum number of uses.',
    remedy: 'Ask an admin for a new one, on the page of the link or with `POST /api/join/ask`.',
  },
  PreconditionFailed: {
    meaning: 'The branch has moved since the commit that you named as its parent.',
    remedy: 'Fetch the newest version, apply your change to it, and commit again.',
  },
  PayloadTooLarge: {
    meaning: 'The body, the file, or the push is larger than the limit.',
    remedy: 'Send less at once, or ask a site admin to raise the limit. See [settings](settings.md).',
  },
  UnsupportedMediaType: {
    meaning: "The server doesn't accept this `Content-Type` or `Content-Encoding` here.",
    remedy: 'Send the type that the error names, usually `application/json`.',
  },
  RangeNotSatisfiable: {
    meaning: 'The `Range` header starts after the end of the file.',
    remedy: 'Use the size in the `Content-Range` header.',
  },
  Misdirected: {
    meaning: 'The request names a host that the instance does not answer to.',
    remedy:
      'Open the public URL. Site admins set it with `GUILDHALL_PUBLIC_URL`, and more names with `GUILDHALL_ALLOWED_HOSTS`.',
  },
  Unprocessable: {
    meaning: 'The request is well-formed but cannot be done with this content.',
    remedy: 'Read `error` for the reason. If you sent an `Idempotency-Key` before, use a new key for a new request.',
  },
  TooManyRequests: {
    meaning: 'You have reached a rate limit.',
    remedy: 'Wait for the number of seconds in the `Retry-After` header. See [rate limits](../guides/rate-limits.md).',
  },
  NotImplemented: {
    meaning: 'This version does not support the feature.',
    remedy: 'Read `error` for an alternative.',
  },
  Unavailable: {
    meaning: "The server is busy, or it can't reach the database or the storage.",
    remedy: 'Try again after the number of seconds in the `Retry-After` header. If it continues, tell a site admin.',
  },
  InsufficientStorage: {
    meaning: 'The server is out of disk space: the disk is full, or only its reserve is left. Nothing was saved.',
    remedy: 'Tell a site admin.',
  },
  StorageLimit: {
    meaning: 'The account or organization has reached its storage limit. Nothing was saved.',
    remedy:
      'Delete files or repositories, or ask a site admin to raise the limit. See [storage limits](../guides/storage.md#storage-limits).',
  },
}
