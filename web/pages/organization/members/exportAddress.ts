/** Where the members of an organization are downloaded as CSV. */
export function exportAddress(org: string): string {
  return `/api/organizations/${encodeURIComponent(org)}/members/export`
}
