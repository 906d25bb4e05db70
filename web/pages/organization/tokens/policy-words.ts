import type { OrgSettings } from '../../../../api/index.ts'

/** What each policy is called, what it does, and what the organization accepts with it. */
export const policyWords: Record<OrgSettings['tokenPolicy'], { label: string; effect: string; accepted: string }> = {
  any: { label: 'Any token', effect: 'Read, write, and fine-grained tokens work.', accepted: 'all access tokens' },
  fineGrained: {
    label: 'Fine-grained tokens only',
    effect: 'Read and write tokens are blocked.',
    accepted: 'only fine-grained tokens',
  },
  approval: {
    label: 'Fine-grained tokens with approval',
    effect: 'Read and write tokens are blocked. Fine-grained tokens work after an admin approves them.',
    accepted: 'only approved, fine-grained tokens',
  },
}
