// What the gated repository of the demo asks people, and who asked. Times are days before now.

/** The metadata of its card: a question of every type. */
export const gateOnCard = `extra_gated_heading: Request access to Village maps
extra_gated_description: We usually answer within two working days.
extra_gated_prompt: |-
  The maps show where people live. If you request access, you agree to:

  - use the maps for **research and public health** only,
  - keep the files to yourself and your team, and
  - never try to find out who lives in a house.
extra_gated_fields:
  Organization: text
  Country: country
  Start of the project: date_picker
  Purpose:
    type: select
    options:
    - Public health
    - Research
    - Teaching
    - label: Something else
      value: other
  Location: ip_location
  I agree to the terms above: checkbox
extra_gated_button_content: Agree and request access
`

interface Asked {
  fullname: string
  ago: number
  organization: string
  country: string
  /** Days from now. */
  startsIn: number
  purpose: string
  decision?: { state: 'accepted' | 'rejected'; by: string; ago: number; reason?: string; days?: number }
}

/** The gate of the repository: who turned it on, who asked, and who got access without a request. */
export const gate = {
  repo: 'village-maps',
  by: 'Samuel Adeyemi',
  ago: 24,
  requests: [
    {
      ...{ fullname: 'Finn Gallagher', ago: 20, organization: 'Tidepool', country: 'IE', startsIn: 14 },
      purpose: 'Research',
      decision: { state: 'accepted', by: 'Samuel Adeyemi', ago: 19, days: 90 },
    },
    {
      ...{ fullname: 'Peter Nakamura', ago: 9, organization: 'Tidepool', country: 'JP', startsIn: 90 },
      purpose: 'Teaching',
      decision: {
        ...{ state: 'rejected', by: 'Jonas Lindqvist', ago: 8 },
        reason: 'Our agreement with the villages doesn’t cover teaching.',
      },
    },
    {
      ...{ fullname: 'Aiko Yamamoto', ago: 2, organization: 'Tidepool', country: 'JP', startsIn: 30 },
      purpose: 'Public health',
    },
    {
      ...{ fullname: 'Salma Idrissi', ago: 1, organization: 'Tidepool', country: 'MA', startsIn: 45 },
      purpose: 'other',
    },
  ] satisfies Asked[] as Asked[],
  grant: { fullname: 'Gabriela Costa', by: 'Samuel Adeyemi', ago: 8, days: 60 },
  /** Where the authors are mailed about requests. */
  told: ['Amara Okafor', 'Jonas Lindqvist'],
} as const
