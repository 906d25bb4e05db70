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
    footer: `You get this because you are admin of ${recoveryRequest.organization}, may write there, or run this installation.`,
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
        subject: `${person} is to become admin of ${org}: a recovery request was opened`,
        paragraphs: [what(recoveryRequest), ...reasonOf(recoveryRequest), whatItTakes(recoveryRequest), veto(org)],
      }
    case 'start':
      return {
        subject: `${person} becomes admin of ${org} on ${dayOf(notice.effectiveAt)}`,
        paragraphs: [
          what(recoveryRequest),
          ...reasonOf(recoveryRequest),
          `Everything it takes is there. It takes effect on ${minuteOf(notice.effectiveAt)}, unless it is stopped.`,
          veto(org),
        ],
      }
    case 'halfway':
      return {
        subject: `Half of the time is over: ${person} becomes admin of ${org} on ${dayOf(notice.effectiveAt)}`,
        paragraphs: [
          what(recoveryRequest),
          `It takes effect on ${minuteOf(notice.effectiveAt)}, unless it is stopped.`,
          veto(org),
        ],
      }
    case 'done':
      return {
        subject: `${person} is admin of ${org} now`,
        paragraphs: [
          `${what(recoveryRequest)} That has taken effect: ${person} is admin now.`,
          `Until ${dayOf(notice.probationUntil)} they are on probation: they may invite and set roles, but neither delete the organization, move repositories or make them public, nor turn off the 2FA requirement.`,
        ],
      }
    case 'end':
      return {
        subject: `${person} does not become admin of ${org}: the recovery request has ended`,
        paragraphs: [what(recoveryRequest), notice.how],
      }
  }
}

function what({ path, organization: org, person_name: person, opened_by: by, domain }: RecoveryRequestRow): string {
  const words = {
    successor: `${person}, a successor, takes over ${org}, which has no active admins.`,
    domain: `${person} asks to become admin of ${org}, which has no active admins, by proof of the domain ${domain}.`,
    operators: `${by}, an operator of this installation, asks to make ${person} admin of ${org}, which has no active admins.`,
  }
  return words[path]
}

function reasonOf({ reason }: RecoveryRequestRow): string[] {
  return reason === '' ? [] : [`The reason given: ${reason}`]
}

function whatItTakes({ path }: RecoveryRequestRow): string {
  return path === 'operators'
    ? 'A second operator has to approve it.'
    : 'It takes a record in the DNS, and members with the role write or higher who confirm it. Read the recovery request, and confirm it only if you know the person.'
}

function veto(org: string): string {
  return `Any admin of ${org} can stop it with one click on the page of the recovery request.`
}

/** Tells the person of a recovery request that its time has stopped. */
export function haltedMail(recoveryRequest: RecoveryRequestRow, missing: readonly string[], to: string): Mail {
  return composeMail({
    to,
    kind: 'recovery',
    subject: `Your recovery request for ${recoveryRequest.organization} is incomplete again`,
    paragraphs: [`Its time has stopped, and begins again once all is there. Missing: ${missing.join('; ')}.`],
    button: { label: 'View recovery request', path: recoveryRequestPath(recoveryRequest) },
    footer: `You get this because you are to become admin of ${recoveryRequest.organization}.`,
  })
}
