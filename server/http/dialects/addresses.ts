// Only what follows the owner and the repository counts: branches and files can have any name. Old clients leave the
// owner out.
const repository = String.raw`^(?:/(?:datasets|spaces))?(?:/[^/]+){1,2}`

/** Where Git talks to a repository. */
export const gitAddress = new RegExp(`${repository}/(?:info/refs|git-(?:upload|receive)-pack)$`)

/** Where Git LFS talks to a repository. */
export const lfsAddress = new RegExp(`${repository}/info/lfs(?:/|$)`)

/** Where clients download a file of a repository. */
export const fileAddress = new RegExp(`${repository}/(?:resolve|raw)/`)

/** Where identity providers provision an organization. */
export const scimAddress = /^\/api\/organizations\/[^/]+\/scim(?:-provisioning)?\/v2(?:\/|$)/

const cloneAddress = new RegExp(`${repository.replace('{1,2}', '{0,1}')}/[^/]+\\.git/`, 'i')
const apiAddress = /^\/(?:api|assets|\.well-known)(?:\/|$)/i

/** Whether only programs ask for an address, so that no page is there. */
export function isForPrograms(path: string): boolean {
  return [apiAddress, cloneAddress, gitAddress, lfsAddress].some((form) => form.test(path))
}
