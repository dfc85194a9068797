import type { MachineChange } from '../../contract/machine.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../message.ts'

/** A change of the computer's, as a sentence for the owner. Times are those of the computer's own zone. */
export function sayChange(change: MachineChange): Message {
  switch (change.kind) {
    case 'slept': {
      const [from, to] = [timeOf(change.from), timeOf(change.to)]
      return newMessage(
        'slept',
        `This computer slept from ${from} to ${to}. Everything was looked through again.`,
        { from, to },
      )
    }
    case 'clock_set':
      return sayClock(change.by)
    case 'addresses':
      return sayAddresses(change.now)
  }
}

function sayClock(by: number): Message {
  const minutes = Math.round(Math.abs(by) / 60_000)
  const params = { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
  const much = `${params.hours} h ${params.minutes} min`
  return by > 0
    ? newMessage(
        'clock_forward',
        `The clock of this computer was set forward by ${much}. What waits goes out at its time all the same.`,
        params,
      )
    : newMessage(
        'clock_back',
        `The clock of this computer was set back by ${much}. What waits goes out at its time all the same.`,
        params,
      )
}

function sayAddresses(now: readonly string[]): Message {
  return now.length === 0
    ? newMessage('network_lost', 'This computer is on no network. Devices find it again once it is.')
    : newMessage(
        'address_changed',
        `This computer is found at ${now.join(', ')} now. A device that does not come back by itself scans the code again.`,
        { addresses: now.join(', ') },
      )
}

/** `21:03` */
function timeOf(at: number): string {
  const time = new Date(at)
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
}
