import type { DeliverChoice } from '../../contract/deliver.ts'
import { Refusal } from '../../errors.ts'
import { checkTemplate } from './naming.ts'

const DEFAULTS: Omit<DeliverChoice, 'as'> = {
  what: 'published',
  rating: 1,
  sidecars: false,
  zip: false,
  names: '',
  folders: 'none',
}

/** What was chosen, with what was left open: published photos come as published, others and those with sidecars as
 * shot.
 * @throws Refusal 422 `deliver_sidecars_shot` for sidecars without Originals, `deliver_bad_names` */
export function chosenAs(given: Partial<DeliverChoice>): DeliverChoice {
  const choice = { ...DEFAULTS, ...given }
  const as = given.as ?? (choice.what === 'published' && !choice.sidecars ? 'published' : 'shot')
  if (choice.sidecars && as !== 'shot')
    throw new Refusal(
      422,
      'deliver_sidecars_shot',
      'Sidecars lie beside Originals: deliver as shot, or without sidecars.',
    )
  checkTemplate(choice.names)
  return { ...choice, as }
}
