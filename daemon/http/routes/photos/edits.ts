import type { EditChange } from '../../../contract/edit.ts'
import { wrongWith } from '../../../contract/recipe.ts'
import { Refusal } from '../../../errors.ts'

/** What the schema lets through can still mean nothing.
 * @throws Refusal 400 that quotes the value */
export function checkChange<Change extends EditChange>(change: Change): Change {
  const wrong = wrongWith(change)
  if (wrong !== null) throw new Refusal(400, 'invalid', wrong)
  return change
}
