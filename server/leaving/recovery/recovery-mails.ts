import { dayOf, minuteOf } from '../../kernel/clock.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'
import type { PetitionRow } from './petition-store.ts'

/** The moments at which those concerned are told about a petition. */
export type Notice =
  | { at: 'opening' }
  | { at: 'start' | 'halfway'; effectiveAt: Date }
  | { at: 'done'; probationUntil: Date }
  | { at: 'end'; how: string }

/** Tells about a petition to become admin of an organization that has none to turn to. */
export function noticeMail(petition: PetitionRow, notice: Notice, to: string): Mail {
  const { subject, paragraphs } = wordsOf(petition, notice)
  return composeMail({
    to,
    subject,
    paragraphs,
    button: { label: 'See the petition', path: petitionPath(petition) },
    footer: `You get this because you are admin of ${petition.organization}, may write there, or run this installation.`,
  })
}

function petitionPath({ organization, id }: PetitionRow): string {
  return `/organizations/${encodeURIComponent(organization)}/recovery/${id}`
}

function wordsOf(petition: PetitionRow, notice: Notice): { subject: string; paragraphs: string[] } {
  const { organization: org, person_name: person } = petition
  switch (notice.at) {
    case 'opening':
      return {
        subject: `${person} is to become admin of ${org}: a petition was opened`,
        paragraphs: [what(petition), ...reasonOf(petition), whatItTakes(petition), veto(org)],
      }
    case 'start':
      return {
        subject: `${person} becomes admin of ${org} on ${dayOf(notice.effectiveAt)}`,
        paragraphs: [
          what(petition),
          ...reasonOf(petition),
          `Everything it takes is there. It takes effect on ${minuteOf(notice.effectiveAt)}, unless it is stopped.`,
          veto(org),
        ],
      }
    case 'halfway':
      return {
        subject: `Half of the time is over: ${person} becomes admin of ${org} on ${dayOf(notice.effectiveAt)}`,
        paragraphs: [
          what(petition),
          `It takes effect on ${minuteOf(notice.effectiveAt)}, unless it is stopped.`,
          veto(org),
        ],
      }
    case 'done':
      return {
        subject: `${person} is admin of ${org} now`,
        paragraphs: [
          `${what(petition)} That has taken effect: ${person} is admin now.`,
          `Until ${dayOf(notice.probationUntil)} they are on probation: they may invite and set roles, but neither delete the organization, move repositories or make them public, nor turn off the two-factor requirement.`,
        ],
      }
    case 'end':
      return {
        subject: `${person} does not become admin of ${org}: the petition has ended`,
        paragraphs: [what(petition), notice.how],
      }
  }
}

function what({ path, organization: org, person_name: person, opened_by: by, domain }: PetitionRow): string {
  const words = {
    successor: `${person}, a successor, takes over ${org}, which has no admin who can sign in.`,
    domain: `${person} asks to become admin of ${org}, which has no admin to turn to, by proof of the domain ${domain}.`,
    operators: `${by}, an operator of this installation, asks to make ${person} admin of ${org}, which has no admin to turn to.`,
  }
  return words[path]
}

function reasonOf({ reason }: PetitionRow): string[] {
  return reason === '' ? [] : [`The reason given: ${reason}`]
}

function whatItTakes({ path }: PetitionRow): string {
  return path === 'operators'
    ? 'A second operator has to approve it.'
    : 'It takes a record in the DNS, and members with the role write or higher who confirm it: look at the petition, and confirm it only if you know the person.'
}

function veto(org: string): string {
  return `Any admin of ${org} stops it with one click on the page of the petition.`
}

/** Tells the person of a petition that its time has stopped. */
export function haltedMail(petition: PetitionRow, missing: readonly string[], to: string): Mail {
  return composeMail({
    to,
    subject: `Your petition to become admin of ${petition.organization} lacks something again`,
    paragraphs: [`Its time has stopped, and begins anew once all is there. Missing: ${missing.join('; ')}.`],
    button: { label: 'See the petition', path: petitionPath(petition) },
    footer: `You get this because you are to become admin of ${petition.organization}.`,
  })
}
