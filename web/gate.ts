import { createContext, useContext } from 'react'
import type { gated } from '../api/index.ts'

/** The gate of a repository: what people are asked for, and where the viewer stands. */
export type Gate = gated.Gate

const Open = createContext<Gate | undefined>(undefined)

/** Around the pages of a gated repository. */
export const GateProvider = Open.Provider

/** Whether the gate keeps the viewer from the files of the repository whose pages are open. */
export function useIsGateClosed(): boolean {
  const gate = useContext(Open)
  return gate !== undefined && isClosed(gate)
}

/** Whether a gate keeps the viewer from the files. */
export function isClosed({ state }: Gate): boolean {
  return state !== 'open' && state !== 'accepted'
}
