import { dayOf, minuteOf } from '../../kernel/clock.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'
import type { RecoveryRequestRow } from './request-store.ts'

/** The moments at which those concerned are told about a recovery request. */
export type Notice =
  | { at: 'opening' }
  | { at: 'start' | 'halfway'; effectiveAt: Date }
  | { at: 'done'; probationUntil: Date }
  | { at: 'end'; how: string }

/** Tells about a recovery request to become admin of an organization that has none to turn to. */
export function noticeMail(recoveryRequest: RecoveryRequestRow, notice: Notice, to: string): Mail {
  const { subject, paragraphs } = wordsOf(recoveryRequest, notice)
  return composeMail({
    to,
    kind: 'recovery',
    subject,
    paragraphs,
    button: { label: 'View recovery request', path: recoveryRequestPath(recoveryRequest) },
    footer: `You’re receiving this email because you’re an admin or have the write role in ${recoveryRequest.organization}, or because you’re a site admin.`,
  })
}

function recoveryRequestPath({ organization, id }: RecoveryRequestRow): string {
  return `/organizations/${encodeURIComponent(organization)}/recovery/${id}`
}

function wordsOf(recoveryRequest: RecoveryRequestRow, notice: Notice): { subject: string; paragraphs: string[] } {
  const { organization: org, person_name: person } = recoveryRequest
  switch (notice.at) {
    case 'opening':
      return {
        subject: `Recovery request: ${person} wants to become an admin of ${org}`,
        paragraphs: [what(recoveryRequest), ...reasonOf(recoveryRequest), whatItTakes(recoveryRequest), veto(org)],
      }
    case 'start':
      return {
        subject: `${person} will become an admin of ${org} on ${dayOf(notice.effectiveAt)}`,
        paragraphs: [
          what(recoveryRequest),
          ...reasonOf(recoveryRequest),
          `The request is complete. It takes effect on ${minuteOf(notice.effectiveAt)} unless an admin objects.`,
          veto(org),
        ],
      }
    case 'halfway':
      return {
        subject: `Reminder: ${person} will become an admin of ${org} on ${dayOf(notice.effectiveAt)}`,
        paragraphs: [
          what(recoveryRequest),
          `It takes effect on ${minuteOf(notice.effectiveAt)} unless an admin objects.`,
          veto(org),
        ],
      }
    case 'done':
      return {
        subject: `${person} is now an admin of ${org}`,
        paragraphs: [
          `${what(recoveryRequest)} The request has taken effect, and ${person} is now an admin.`,
          `${person} is on probation until ${dayOf(notice.probationUntil)}. Until then, they can invite people and change roles, but they can’t delete the organization, move repositories, make repositories public, or turn off the 2FA requirement.`,
        ],
      }
    case 'end':
      return {
        subject: `The recovery request for ${org} has ended: ${person} will not become an admin`,
        paragraphs: [what(recoveryRequest), notice.how],
      }
  }
}

function what({ path, organization: org, person_name: person, opened_by: by, domain }: RecoveryRequestRow): string {
  const words = {
    successor: `${person} takes over as a successor in ${org}, which has no active admins.`,
    domain: `${person} asked to become an admin of ${org}, which has no active admins, by proving control of the domain ${domain}.`,
    operators: `${by}, a site admin of this instance, asked to make ${person} an admin of ${org}, which has no active admins.`,
  }
  return words[path]
}

function reasonOf({ reason }: RecoveryRequestRow): string[] {
  return reason === '' ? [] : [`Reason: ${reason}`]
}

function whatItTakes({ path }: RecoveryRequestRow): string {
  return path === 'operators'
    ? 'A second site admin has to approve it.'
    : 'It requires a DNS record, and confirmations from members with the write role or higher. Review the recovery request, and confirm it only if you know the person.'
}

function veto(org: string): string {
  return `Any admin of ${org} can stop it on the page of the recovery request.`
}

/** Tells the person of a recovery request that its time has stopped. */
export function haltedMail(recoveryRequest: RecoveryRequestRow, missing: readonly string[], to: string): Mail {
  return composeMail({
    to,
    kind: 'recovery',
    subject: `Your recovery request for ${recoveryRequest.organization} is incomplete again`,
    paragraphs: [
      `The waiting period has stopped. It starts again when everything is there. Missing: ${missing.join(', ')}.`,
    ],
    button: { label: 'View recovery request', path: recoveryRequestPath(recoveryRequest) },
    footer: `You’re receiving this email because the recovery request would make you an admin of ${recoveryRequest.organization}.`,
  })
}
