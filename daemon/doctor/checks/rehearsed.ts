import { newMessage } from '../../util/message.ts'
import { fine, unknown, warn, type Check } from '../check.ts'

const two = (n: number) => String(n).padStart(2, '0')

/** `2026-01-20 18:05`, in this computer's zone. */
function timeOf(iso: string): string {
  const date = new Date(iso)
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Whether a test shot went the whole way for this event. */
export const rehearsed: Check = {
  name: 'rehearsed',
  async run(facts) {
    const last = facts.rehearsed()
    const fix = newMessage('doctor_fix_rehearse', 'In the app: More > Ready? > Rehearse.')
    if (last === null)
      return unknown(newMessage('doctor_rehearsed_not', 'Nobody has rehearsed this event yet.'), fix)
    const time = timeOf(last.at)
    if (last.state === 'ready')
      return fine(newMessage('doctor_rehearsed', `The whole way was rehearsed at ${time}.`, { time }))
    return warn(
      newMessage('doctor_rehearsed_failed', `A step failed when it was rehearsed at ${time}.`, { time }),
      fix,
    )
  },
}
