import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { z } from 'zod'
import type { PathName } from './places.ts'

/** What a schema says of the part of the address after `?`: all of it may be missing. */
export type AddressState<Schema extends z.ZodObject> = {
  [Field in keyof z.output<Schema>]?: z.output<Schema>[Field] | undefined
}

/**
 * The part of the address after `?`, read through a schema; what does not fit is taken as absent. Setting a field to
 * undefined or an empty string takes it out of the address. Filters replace the address, panels add a step to go back.
 */
export function useAddressState<T extends z.ZodRawShape>(schema: z.ZodObject<T>) {
  const raw = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  const state = parse(schema, raw)
  const set = useCallback(
    (
      change: { [K in keyof z.output<z.ZodObject<T>>]?: z.output<z.ZodObject<T>>[K] | undefined },
      how: 'replace' | 'push' = 'replace',
    ) =>
      navigate({
        to: '.',
        search: ((before: Record<string, unknown>) => withoutBlanks({ ...before, ...change })) as never,
        replace: how === 'replace',
        resetScroll: false,
      }),
    [navigate],
  )
  return [state, set] as const
}

function parse<T extends z.ZodRawShape>(
  schema: z.ZodObject<T>,
  raw: Record<string, unknown>,
): Partial<z.output<z.ZodObject<T>>> {
  const fits = Object.entries(raw).filter(([name, value]) => {
    const field = schema.shape[name] as z.ZodType | undefined
    return field?.safeParse(value).success ?? false
  })
  return Object.fromEntries(fits) as Partial<z.output<z.ZodObject<T>>>
}

function withoutBlanks(search: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== '' && value !== false),
  )
}

/** A name out of the path of the page, such as `org` of `/organizations/$org/settings`. */
export function usePathName(name: PathName): string {
  return useParams({ strict: false })[name] ?? ''
}

/** A secret in the address. It stands behind the `#`, which browsers send to no server, so no log of a proxy has it. */
export function useAddressSecret(name: string): string | undefined {
  // As it was written: the router has taken some escapes out of `hash`.
  const [, ...secrets] = useLocation().href.split('#')
  return new URLSearchParams(secrets.join('#')).get(name) ?? undefined
}
