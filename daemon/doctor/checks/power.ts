import { newMessage } from '../../util/message.ts'
import { bad, fine, unknown, warn, type Check } from '../check.ts'

/** Percent below which a battery does not last. */
const LOW = 30

/** Whether this computer stays awake for the evening. */
export const power: Check = {
  name: 'power',
  async run(facts) {
    const [{ power: now }, sleepsAfter] = await Promise.all([facts.status(), facts.sleepsAfter()])
    if (!now) return unknown(newMessage('doctor_power_unseen', 'The system does not tell what it runs on.'))
    const { awake, source, battery, lid } = now
    const plug = () => newMessage('doctor_fix_plug', 'Plug the computer in.')
    if (lid === 'closed' && source !== 'mains')
      return bad(
        newMessage('doctor_lid', 'The lid is closed without mains: the computer falls asleep.'),
        newMessage('doctor_fix_lid', 'Open the lid, or plug the computer in.'),
      )
    if (source === 'battery') {
      const low = battery !== null && battery < LOW
      const percent = battery ?? 0
      return battery === null
        ? warn(newMessage('doctor_battery', 'The computer runs on its battery.'), plug())
        : (low ? bad : warn)(
            newMessage(
              'doctor_battery_left',
              `The computer runs on its battery, which has ${percent} % left.`,
              { percent },
            ),
            plug(),
          )
    }
    const mayDoze = awake !== 'on' && sleepsAfter !== null && sleepsAfter > 0
    if (mayDoze && facts.isRunning)
      return warn(
        newMessage('doctor_may_sleep', `The computer falls asleep by itself after ${sleepsAfter} minutes.`, {
          minutes: sleepsAfter,
        }),
        newMessage('doctor_fix_sleep', 'Open the event, or set the computer never to sleep.'),
      )
    if (facts.isRunning && awake === 'unable' && sleepsAfter !== 0) {
      const says = newMessage(
        'doctor_nothing_keeps',
        'Nothing keeps this computer awake: it may fall asleep by itself.',
      )
      const fix = newMessage('doctor_fix_never_sleep', 'Set it never to sleep while the event is open.')
      // A computer without a battery and a lid that is no Mac is a server, which most often does not sleep.
      const isServer = facts.platform !== 'darwin' && battery === null && lid === 'unknown'
      return isServer ? unknown(says, fix) : warn(says, fix)
    }
    return fine(
      newMessage('doctor_power', 'The computer has mains or needs none, and stays awake during the event.'),
    )
  },
}
