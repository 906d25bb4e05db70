import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' }
import current from 'spdx-license-ids/index.json' with { type: 'json' }

// Beside those of SPDX, the ids that the cards of the public hub know: families, and licenses of models
const others = `
  other unknown bsd cc gpl lgpl openrail openrail++ c-uda odbl gfdl h-research intel-research lgpl-lr pddl
  bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m deepfloyd-if-license
  fair-noncommercial-research-license apple-ascl apple-amlr openmdw-1.0 llama2 llama3 llama3.1 llama3.2 llama3.3 llama4
  grok2-community gemma odc-by
`
const known = new Set([...current, ...deprecated].map((id) => id.toLowerCase()))
for (const id of others.trim().split(/\s+/)) known.add(id)

/** Whether a card may name this license: an SPDX ID in lowercase, or one that only hubs know. */
export function isLicense(id: string): boolean {
  return known.has(id)
}
