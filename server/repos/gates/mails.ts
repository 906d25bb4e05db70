import type { RepoType } from '../../../api/index.ts'
import { dayOf } from '../../kernel/clock.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'
import { addressPrefix } from '../registry/names.ts'

/** A repository in an email. */
export interface Named {
  type: RepoType
  /** `namespace/name`. */
  name: string
}

/** Tells an author that a person requested access. The answers stay on the page. */
export function requestMail(to: string, repo: Named, user: string): Mail {
  return composeMail({
    to,
    kind: 'access_request',
    subject: `${user} requested access to ${repo.name}`,
    paragraphs: [
      `${user} requested access to the ${repo.type} ${repo.name}.`,
      'They can’t download its files until you accept the request.',
    ],
    button: { label: 'Review request', path: `${reviewPath(repo)}?user=${user}` },
    footer: authorFooter(repo),
  })
}

/** Tells an author how many people requested access since the last email. */
export function digestMail(to: string, repo: Named, requests: number): Mail {
  const people = requests === 1 ? '1 person' : `${requests.toLocaleString('en')} people`
  return composeMail({
    to,
    kind: 'access_request',
    subject: `${people} requested access to ${repo.name}`,
    paragraphs: [
      `${people} requested access to the ${repo.type} ${repo.name}.`,
      'They can’t download its files until you accept their requests.',
    ],
    button: { label: 'Review requests', path: reviewPath(repo) },
    footer: authorFooter(repo),
  })
}

function authorFooter({ name }: Named): string {
  return `You’re receiving this email because you review access requests for ${name}. You can change this in the settings of the repository.`
}

/** Tells a person that their request was accepted. */
export function acceptedMail(to: string, repo: Named, expiresAt: Date | null): Mail {
  return accessMail(to, repo, {
    subject: `Your request for access to ${repo.name} was accepted`,
    words: `The authors of the ${repo.type} ${repo.name} accepted your request. You can download its files${until(expiresAt)}.`,
    why: 'you requested access to this repository',
  })
}

/** Tells a person that they were given access without a request. */
export function grantedMail(to: string, repo: Named, expiresAt: Date | null): Mail {
  return accessMail(to, repo, {
    subject: `You have access to ${repo.name}`,
    words: `The authors of the ${repo.type} ${repo.name} gave you access. You can download its files${until(expiresAt)}.`,
    why: 'you have an account on this instance',
  })
}

/** Tells a person that their request was rejected, and why if the authors said it. */
export function rejectedMail(to: string, repo: Named, reason: string | null): Mail {
  return composeMail({
    to,
    kind: 'access_decision',
    subject: `Your request for access to ${repo.name} was rejected`,
    paragraphs: [
      `The authors of the ${repo.type} ${repo.name} rejected your request.`,
      ...(reason === null ? [] : [`Reason: ${reason}`]),
      'You can’t request access again.',
    ],
    footer: 'You’re receiving this email because you requested access to this repository.',
  })
}

interface AccessWords {
  subject: string
  words: string
  /** Why they get the email. */
  why: string
}

function accessMail(to: string, repo: Named, { subject, words, why }: AccessWords): Mail {
  return composeMail({
    to,
    kind: 'access_decision',
    subject,
    paragraphs: [words],
    button: { label: `Open ${repo.name}`, path: pagePath(repo) },
    footer: `You’re receiving this email because ${why}.`,
  })
}

function until(expiresAt: Date | null): string {
  return expiresAt === null ? '' : ` until ${dayOf(expiresAt)}`
}

function pagePath({ type, name }: Named): string {
  return `/${addressPrefix[type]}${name}`
}

function reviewPath(repo: Named): string {
  return `${pagePath(repo)}/settings/access-requests`
}
