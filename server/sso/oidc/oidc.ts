import * as client from 'openid-client'
import type { Outbound } from '../../outbound/outbound.ts'
import type { Identity } from '../identity/identity.ts'

/** What is known of an OpenID provider, and where it sends people back to. */
export interface OidcSettings {
  issuer: string
  clientId: string
  clientSecret: string | undefined
  /** Null: all of them come from the discovery document. */
  endpoints: { authorization: string; token: string; jwks: string; userinfo: string | null } | null
  redirectUri: string
  outbound: Outbound
}

/** Why an answer of an OpenID provider is not taken, in one sentence. */
export class OidcError extends Error {}

/** What a sign-in began with, and its answer must fit. */
export interface Expected {
  state: string
  nonce: string
  codeVerifier: string
}

/** An algorithm by which only the provider can sign: never none, nor one whose key we have as well. */
export const signingAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

/** Reads what a provider says about itself; throws {@link OidcError} where that is not what it should be. */
export async function openProvider(settings: OidcSettings): Promise<client.Configuration> {
  return explained(async () => {
    const { issuer, clientId, clientSecret } = settings
    const found = await serverOf(settings)
    if (found.issuer !== issuer) throw new OidcError(`The discovery document is of ${found.issuer}, not of ${issuer}.`)
    const announced = found.id_token_signing_alg_values_supported ?? ['RS256']
    const algorithms = signingAlgorithms.filter((name) => announced.includes(name))
    const server = { ...found, id_token_signing_alg_values_supported: algorithms }
    const metadata = clientSecret === undefined ? {} : { client_secret: clientSecret }
    const configuration = new client.Configuration(
      server,
      clientId,
      { ...metadata, [client.clockTolerance]: 60 },
      authenticationFor(server, clientSecret),
    )
    configuration[client.customFetch] = fetchBy(settings.outbound)
    configuration.timeout = 15
    // Which addresses may be called in the clear is decided where the connection is made
    client.allowInsecureRequests(configuration)
    client.enableNonRepudiationChecks(configuration)
    return configuration
  })
}

async function serverOf({ issuer, clientId, endpoints, outbound }: OidcSettings): Promise<client.ServerMetadata> {
  if (endpoints !== null)
    return {
      issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      jwks_uri: endpoints.jwks,
      id_token_signing_alg_values_supported: signingAlgorithms,
      ...(endpoints.userinfo !== null && { userinfo_endpoint: endpoints.userinfo }),
    }
  const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), {
    [client.customFetch]: fetchBy(outbound),
    execute: [client.allowInsecureRequests],
    timeout: 15,
  })
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint, ...said } = found.serverMetadata()
  if (!authorization_endpoint || !token_endpoint || !jwks_uri)
    throw new OidcError(`The discovery document of ${issuer} lacks an endpoint.`)
  return {
    ...{ issuer: said.issuer, authorization_endpoint, token_endpoint, jwks_uri },
    ...(userinfo_endpoint && { userinfo_endpoint }),
    ...(said.id_token_signing_alg_values_supported && {
      id_token_signing_alg_values_supported: said.id_token_signing_alg_values_supported,
    }),
    ...(said.token_endpoint_auth_methods_supported && {
      token_endpoint_auth_methods_supported: said.token_endpoint_auth_methods_supported,
    }),
    ...(said.authorization_response_iss_parameter_supported && {
      authorization_response_iss_parameter_supported: true,
    }),
  }
}

// OpenID Connect Core 1.0 §9: `client_secret_basic` unless the provider says otherwise.
function authenticationFor(server: client.ServerMetadata, secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None()
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return methods.includes('client_secret_basic') ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
}

function fetchBy(outbound: Outbound): client.CustomFetch {
  return (url, { method, headers, body }) =>
    outbound.fetch(url, {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      body: body === null || body === undefined ? undefined : String(body),
    })
}

/** Where to send a browser to sign in; with `asksAgain`, also where the person is signed in there already. */
export async function signInUrl(
  provider: client.Configuration,
  { state, nonce, codeVerifier }: Expected,
  { redirectUri, asksAgain }: { redirectUri: string; asksAgain: boolean },
): Promise<string> {
  const url = client.buildAuthorizationUrl(provider, {
    ...{ redirect_uri: redirectUri, scope: 'openid email profile', state, nonce },
    ...{ code_challenge: await client.calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256' },
    // Which also has the provider say when the person signed in (OpenID Connect Core 1.0 §3.1.2.1)
    ...(asksAgain && { max_age: '0' }),
  })
  return url.href
}

/** Exchanges the code of an answer, and tells who it is about; throws {@link OidcError} for what can’t be trusted. */
export async function identityFrom(
  provider: client.Configuration,
  answer: URL,
  { state, nonce, codeVerifier }: Expected,
): Promise<Identity> {
  return explained(async () => {
    const tokens = await client.authorizationCodeGrant(provider, answer, {
      ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
    })
    const claims = tokens.claims()
    const { client_id: clientId } = provider.clientMetadata()
    if (claims === undefined) throw new OidcError('The identity provider sent no ID token.')
    // The library looks at it only where there are several audiences
    if (claims.azp !== undefined && claims.azp !== clientId)
      throw new OidcError('The ID token is for another application.')
    const { issuer, userinfo_endpoint: userinfo } = provider.serverMetadata()
    const more = userinfo ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub) : {}
    const sid = typeof claims.sid === 'string' ? claims.sid : undefined
    const authenticatedAt = claims.auth_time === undefined ? undefined : new Date(claims.auth_time * 1000)
    return { issuer, subject: claims.sub, attributes: { ...more, ...claims }, sid, authenticatedAt }
  })
}

async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw new OidcError(sentenceOf(error), { cause: error })
  }
}

const longest = 300

function sentenceOf(error: unknown): string {
  if (error instanceof OidcError) return error.message
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError) {
    const why = error.error_description ?? error.error
    return `The identity provider refused the sign-in: ${why.slice(0, longest)}`
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? cause.message : 'unknown error'
  return `The answer of the identity provider can’t be trusted or read: ${message.slice(0, longest)}`
}
