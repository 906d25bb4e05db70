import type { collaborators } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { minuteOf } from '../../kernel/clock.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'
import { addressPrefix } from '../registry/names.ts'

interface Given {
  to: string
  by: string
  role: collaborators.CollaboratorRole
  expiresAt: Date | null
}

/** Tells someone what they may do on a repository now, and until when. */
export function grantMail(permit: Permit<'collaborator.set'>, { to, by, role, expiresAt }: Given): Mail {
  const { type, namespace, name } = permit.repo
  const repo = `${namespace}/${name}`
  const access = { read: 'read', write: 'write' }[role]
  const until = expiresAt ? ` until ${minuteOf(expiresAt)}` : ''
  return composeMail({
    to,
    kind: 'access',
    subject: `${by} gave you ${access} access to ${repo}`,
    paragraphs: [
      `${by} gave you ${access} access to the ${type} ${repo}${until}.`,
      'You can remove your access at any time in the settings of the repository.',
    ],
    button: { label: `Open ${repo}`, path: `/${addressPrefix[type]}${repo}` },
    footer: 'You’re receiving this email because you have an account on this instance.',
  })
}
