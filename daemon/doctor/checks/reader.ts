import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** The cards in their readers. */
export const reader: Check = {
  name: 'reader',
  async run(facts) {
    const cards = (await facts.status()).sources.filter(({ kind }) => kind === 'card')
    if (cards.length === 0)
      return unknown(
        newMessage('doctor_reader_none', 'No card is in a reader now. Put one in and look again.'),
      )
    return cards.map(({ label: name, state, message }) => {
      const params = { name }
      if (state === 'away')
        return bad(
          newMessage(
            'doctor_reader_away',
            `The card ${name} was taken out before all of it was copied.`,
            params,
          ),
          newMessage('doctor_fix_reader_away', 'Put the card back in.'),
        )
      if (message !== null && state === 'waiting')
        return warn(
          newMessage('doctor_reader_waits', `The card ${name} waits for something.`, params),
          newMessage('doctor_fix_reader_waits', 'Look at it under Status, where it says for what.'),
        )
      return fine(newMessage('doctor_reader', `The card ${name} can be read.`, params))
    })
  },
}
