import type { CheckName, CheckResult, DoctorReply } from '../contract/doctor.ts'
import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { newMessage } from '../util/message.ts'
import { catalogMissing, unknown, type Check, type Finding } from './check.ts'
import { ALL_CHECKS } from './checks.ts'
import type { Facts } from './facts.ts'

/** Seconds that a check has. */
const SECONDS = 10

/** Looks at everything that has to be right before an event. */
export interface Doctor {
  /** Takes less than 30 seconds whatever hangs. Whoever asks meanwhile gets the same answer. Never throws. */
  examine(): Promise<DoctorReply>
}

const resultOf = (name: CheckName, { state, says, fix }: Finding): CheckResult => ({
  name,
  state,
  ...says,
  fix,
})

/** @param needs.facts made anew for each look, so that what several checks ask for is asked once
 *  @param needs.pace what a second is, milliseconds; for tests */
export function createDoctor(needs: {
  facts: () => Facts
  log: Log
  checks?: readonly Check[]
  pace?: number
}): Doctor {
  const { log, checks = ALL_CHECKS, pace = 1000 } = needs
  let looking: Promise<DoctorReply> | null = null

  async function tried({ name, run }: Check, facts: Facts, signal: AbortSignal): Promise<readonly Finding[]> {
    try {
      return [await run(facts, signal)].flat()
    } catch (error) {
      if (!(error instanceof Refusal)) log.warn({ err: error, check: name }, 'A check could not look')
      const missing = await catalogMissing(facts).catch(() => null)
      return [
        missing ??
          unknown(
            newMessage(
              'doctor_unseen',
              `This cannot be looked at now (${name}): what it needs is not there.`,
              { what: name },
            ),
          ),
      ]
    }
  }

  async function look(check: Check, facts: Facts): Promise<CheckResult[]> {
    const { name, seconds = SECONDS } = check
    const late =
      check.late ??
      unknown(
        newMessage('doctor_late', `This took longer than ${seconds} seconds and was left.`, { n: seconds }),
      )
    const giveUp = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<readonly Finding[]>((resolve) => {
      timer = setTimeout(() => {
        giveUp.abort()
        resolve([late])
      }, seconds * pace)
    })
    const found = await Promise.race([tried(check, facts, giveUp.signal), deadline])
    clearTimeout(timer)
    return found.map((one) => resultOf(name, one))
  }

  async function examine(): Promise<DoctorReply> {
    const facts = needs.facts()
    const found = (await Promise.all(checks.map((check) => look(check, facts)))).flat()
    return { ok: found.every(({ state }) => state !== 'bad'), checks: found }
  }

  return {
    examine() {
      looking ??= examine().finally(() => (looking = null))
      return looking
    },
  }
}
