import type { Same } from '../../same.ts'
import type * as en from '../../en/remedies/index.ts'
import { access } from './access.ts'
import { camera } from './camera.ts'
import { cloud } from './cloud.ts'
import { computer } from './computer.ts'
import { deciding } from './deciding.ts'
import { events } from './events.ts'
import { intake } from './intake.ts'
import { output } from './output.ts'
import { prints } from './prints.ts'
import { rehearsal } from './rehearsal.ts'

export { checks, verdicts } from './doctor.ts'
export { terminal } from './terminal.ts'

export const remedies: Same<typeof en.remedies> = {
  camera,
  intake,
  deciding,
  events: { ...events, ...prints },
  cloud,
  access,
  output,
  rehearsal,
  computer,
}
