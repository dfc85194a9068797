import type { IconName } from '../ui/icons.ts'

export type CellId = 'camera' | 'card' | 'disk' | 'network' | 'queue' | 'live' | 'guests'
export type Tone = 'calm' | 'good' | 'busy' | 'bad'

/** One cell of the status bar: never colour alone, always an icon and a word. */
export interface Cell {
  id: CellId
  icon: IconName
  tone: Tone
  /** A key of the dictionary and its values. */
  word: string
  /** A shorter word for a phone, where the icon says the rest. */
  short?: string
  values?: Record<string, string | number>
}
