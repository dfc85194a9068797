import type { cloud as cloudWords } from '../cloud.ts'
import type { connect } from '../connect.ts'
import type { messages } from '../messages.ts'
import type { refusals } from '../refusals.ts'
import type { rehearsal as rehearsalWords } from '../rehearsal.ts'
import { access } from './access.ts'
import { camera } from './camera.ts'
import { cloud } from './cloud.ts'
import { computer } from './computer.ts'
import { deciding } from './deciding.ts'
import { checks, verdicts } from './doctor.ts'
import { events as eventsAlone } from './events.ts'
import { intake } from './intake.ts'
import { output } from './output.ts'
import { prints } from './prints.ts'
import { rehearsal } from './rehearsal.ts'
import { terminal } from './terminal.ts'

const events = { ...eventsAlone, ...prints }

/** Cause and remedy of each message, for the manual (docs/en/messages.md): a code is in the part of the event in which a
 * person meets it. */
export const remedies = { camera, intake, deciding, events, cloud, access, output, rehearsal, computer }
export { checks, terminal, verdicts }

/** What the app says by a code, but for the check before an event, whose sentences bring their fix along. */
export type Code =
  | keyof typeof messages.messages
  | keyof typeof refusals.refused
  | Exclude<keyof typeof rehearsalWords.messages, `rehearsal_fix_${string}`>
  | keyof typeof cloudWords.cloud.trouble
  | keyof typeof connect.connect.cause
export type Remedy = readonly [cause: string, fix: string]

/** A code without a remedy is an error here. */
export const remedyOf = {
  ...camera,
  ...intake,
  ...deciding,
  ...events,
  ...cloud,
  ...access,
  ...output,
  ...rehearsal,
  ...computer,
} satisfies Record<Code, Remedy>
