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
  const may = { read: 'read', write: 'read and change' }[role]
  const until = expiresAt ? ` until ${minuteOf(expiresAt)}` : ''
  return composeMail({
    to,
    kind: 'access',
    subject: `You may ${may} the ${type} ${repo}`,
    paragraphs: [
      `${by} lets you ${may} the ${type} ${repo}${until}.`,
      'You can give this up at any time, in the settings of the repository.',
    ],
    button: { label: `Open ${repo}`, path: `/${addressPrefix[type]}${repo}` },
    footer: 'You get this because you have an account here.',
  })
}
