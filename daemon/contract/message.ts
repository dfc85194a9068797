import { Type, type Static } from 'typebox'

/** What fills the blanks of a sentence. A parameter named `why` is the code of another sentence, or plain text. */
export const Params = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))
export type Params = Static<typeof Params>

/** A sentence for a person: pages say it in their reader's language by `code` and `params`; `message` is the English,
 * whole, for everybody else. */
export const Message = Type.Object({ code: Type.String(), params: Params, message: Type.String() })
export type Message = Static<typeof Message>
