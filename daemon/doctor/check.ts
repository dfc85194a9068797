import type { CheckName, CheckResult } from '../contract/doctor.ts'
import type { Message } from '../contract/message.ts'
import { newMessage } from '../util/message.ts'
import type { DataFolder, DataState, Facts } from './facts.ts'

/** What a check says of one thing. */
export type Finding = Pick<CheckResult, 'state' | 'fix'> & { readonly says: Message }

/** One thing that has to be right before the first guest comes. Each is a file of its own. */
export interface Check {
  readonly name: CheckName
  /** After so many seconds it is not waited for any longer; 10 by default. */
  readonly seconds?: number
  /** What is said when it is not; that it is not known by default. */
  readonly late?: Finding
  /** Looks at what it is given and changes nothing.
   * @param signal gives up
   * @throws anything: what cannot be looked at is not known */
  run(facts: Facts, signal: AbortSignal): Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>
}

export const fine = (says: Message): Finding => ({ state: 'ok', says, fix: null })
export const warn = (says: Message, fix: Message): Finding => ({ state: 'warn', says, fix })
export const bad = (says: Message, fix: Message): Finding => ({ state: 'bad', says, fix })
/** @param fix what would let it be known, where there is such a thing */
export const unknown = (says: Message, fix: Message | null = null): Finding => ({
  state: 'unknown',
  says,
  fix,
})

const LOST: readonly DataState[] = ['lost', 'damaged', 'strange_catalog', 'newer']

/** What is said of a thing that only the catalog knows, where there is none that can be read; null where there is. */
export async function catalogMissing(facts: Pick<Facts, 'data'>): Promise<Finding | null> {
  const { state } = await facts.data()
  if (!LOST.includes(state)) return null
  return unknown(newMessage('doctor_needs_catalog', 'Only the catalog tells this. Mend that first.'))
}

/** How the catalog of a data folder is made again, as it is typed. */
export const rebuildCommand = ({ path }: Pick<DataFolder, 'path'>): string =>
  `npm run rebuild -- --data "${path}"`
