import { z } from 'zod'
import { isLicense } from './licenses.ts'

const mostProblems = 20

const oneOrSeveral = z.union([z.string(), z.array(z.string())], 'must be a text or a list of texts')
const noLicense = 'must be one of the SPDX license IDs in lowercase, such as apache-2.0, or other'

// The Python client reads no card of a model whose results lack one of these
const Evaluations = z
  .object({
    name: z.string(),
    results: z
      .object({
        task: z.object({ type: z.string() }),
        dataset: z.object({ type: z.string(), name: z.string() }),
        metrics: z.array(z.object({ type: z.string(), value: z.unknown() })),
      })
      .array(),
  })
  .array()
const noEvaluations = 'must be a list of models with name and results, and each result needs task, dataset, and metrics'

const CardFields = z.object({
  license: oneOrSeveral.refine((ids) => [ids].flat().every(isLicense), noLicense).nullish(),
  tags: oneOrSeveral.nullish(),
  language: oneOrSeveral.nullish(),
  datasets: oneOrSeveral.nullish(),
  base_model: oneOrSeveral.nullish(),
  library_name: z.string('must be a text').nullish(),
  pipeline_tag: z.string('must be a text').nullish(),
  'model-index': z
    .unknown()
    .refine((value) => !value || Evaluations.safeParse(value).success, noEvaluations)
    .optional(),
})

/** What is wrong with the metadata of a card, one sentence each: fields that clients could not read, and unknown licenses. */
export function problemsOfCard(data: Record<string, unknown>): string[] {
  const { error } = CardFields.safeParse(data)
  const problems = (error?.issues ?? []).map(({ path, message }) => `"${path.join('.')}" ${message}.`)
  return [...new Set(problems)].slice(0, mostProblems)
}
