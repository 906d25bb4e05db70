import type { OrgSettings } from '../../../../api/index.ts'

/** What each policy is called, and what it does. */
export const policyWords: Record<OrgSettings['tokenPolicy'], { label: string; effect: string }> = {
  any: { label: 'Any token', effect: 'Read, write, and fine-grained tokens work.' },
  fineGrained: { label: 'Fine-grained tokens only', effect: 'Read and write tokens are blocked.' },
  approval: {
    label: 'Fine-grained tokens with approval',
    effect: 'Read and write tokens are blocked. Fine-grained tokens work after an admin approves them.',
  },
}
