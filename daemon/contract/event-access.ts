import { Type, type Static } from 'typebox'
import { PIN, VISIBILITIES } from './event-document.ts'
import { oneOf } from './shapes.ts'

/** Who may open an Event's gallery, as calls and replies have it. */

export const Visibility = oneOf(...VISIBILITIES)

const TIME = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2})$'

/** What a call may change of it. */
export const AccessChange = {
  /** `front`: the root of the gallery shows it while it is the current one. `link`: its own address alone. `pin`: its
   * address, and the PIN, which is made up where none is given. */
  visibility: Type.Optional(Visibility),
  /** Four to eight digits; whoever has typed another one is asked anew. */
  pin: Type.Optional(Type.String({ pattern: PIN.source })),
  /** The moment from which it is open to nobody, ISO 8601; null is never. */
  ends_at: Type.Optional(Type.Union([Type.String({ maxLength: 40, pattern: TIME }), Type.Null()])),
}

/** For those who may change an event's title: they tell it to guests. Null where there is none, or another Mac chose
 * it. */
export const PinView = Type.Optional(Type.Union([Type.String(), Type.Null()]))

export type AccessChange = Static<Type.TObject<typeof AccessChange>>
