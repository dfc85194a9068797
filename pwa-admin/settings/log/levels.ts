import type { Level } from '../../../daemon/contract/log.ts'

/** The daemon's levels, the mildest first. */
export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error']
