import { ssoElsewhere } from './sso-recipes.ts'

/**
 * Operations that even a rightful caller does not complete in the matrix, and why; their success and their event have
 * tests of their own.
 */
export const completedElsewhere: Record<string, string> = {
  ...ssoElsewhere,
  'post /:repoPrefix/:namespace/:repo/ask-access': 'leads to the repository',
  'post /api/setup': 'there is an operator already',
  'post /api/operator/demo': 'the demo is there already',
  'post /api/settings/two-factor/confirm': 'takes a code of the authenticator',
  'post /api/settings/two-factor/recovery-codes': 'requires 2FA to be on',
  'delete /api/settings/two-factor': 'requires 2FA to be on',
  'post /api/operator/people/:username/tokens': 'only from the command line on the server',
  'post /api/organizations/:org/settings/sso/saml/refresh': 'takes metadata that was set by a URL',
  'get /sso/:org/metadata': 'takes a SAML identity provider',
  'post /sso/:org/acs': 'takes a response that an identity provider has signed',
  'post /api/operator/secret-key/rotate': 'only from the command line on the server',
}

/** What leaves its trace in the audit log at another moment. */
export const recordedElsewhere: Record<string, string> = {
  'post /:repoPrefix/:namespace/:repo/ask-access': 'a request that was there before changes nothing',
  'post /api/organizations/:org/settings/sso/test': 'what the test came to is recorded when it completes',
  'post /api/organizations/:org/sso/sign-in': 'the sign-in is recorded when it completes',
  'post /api/organizations/:org/sso/managed/sign-in': 'the sign-in is recorded when it completes',
  'put /api/lfs/:link': 'the commit that points to the object is recorded; until then no one can see it',
  'post /api/lfs/:link': 'the same',
  'post /xet/:cas/v1/xorbs/default/:xorb': 'the same',
  'post /xet/:cas/v1/shards': 'the same',
  'post /xet/:cas/v2/shards': 'the same',
  'post /api/:repoType/:namespace/:repo/lfs-files/duplicate': 'in the matrix, everything is there already',
  'post /oauth/device': 'the approval is recorded; until then it gives nothing',
}
