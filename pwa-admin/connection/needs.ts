import { inject, type InjectionKey } from 'vue'
import type { Api } from './api.ts'

/** What the app is given from outside; stores and views ask for it here, so a test hands in a literal. */
export interface Needs {
  api: Api
  /** Milliseconds; only differences matter. */
  now(): number
  /** Try the socket at once. */
  reconnect(): void
}

export const needsKey: InjectionKey<Needs> = Symbol('needs')

export function useNeeds(): Needs {
  const needs = inject(needsKey)
  if (!needs) throw new Error('needs: not provided')
  return needs
}
