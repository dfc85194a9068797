import { access } from './access.ts'
import { camera } from './camera.ts'
import { cloud } from './cloud.ts'
import { connect } from './connect.ts'
import { deliver } from './deliver.ts'
import { desks } from './desks.ts'
import { doctor } from './doctor.ts'
import { door } from './door.ts'
import { edit } from './edit.ts'
import { figures } from './figures.ts'
import { finals } from './finals.ts'
import { ftp } from './ftp.ts'
import { inbox } from './inbox.ts'
import { looks } from './looks.ts'
import { messages } from './messages.ts'
import { offline } from './offline.ts'
import { output } from './output.ts'
import { prints } from './prints.ts'
import { refusals } from './refusals.ts'
import { rehearsal } from './rehearsal.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { stage } from './stage.ts'
import { status } from './status.ts'
import { undo } from './undo.ts'
import { walls } from './walls.ts'
import { words } from './words.ts'

/** Every word of the app. Short and plain; `{n}` and the like are filled in; `a | b` is one | many. */
export const en = {
  ...shell,
  ...inbox,
  ...stage,
  ...edit,
  ...looks,
  ...figures,
  ...undo,
  ...status,
  ...camera,
  ...ftp,
  ...finals,
  ...settings,
  ...output,
  ...prints,
  ...access,
  ...cloud,
  ...connect,
  ...door,
  ...deliver,
  ...desks,
  ...doctor,
  ...offline,
  ...refusals,
  ...walls,
  ...words,
  rehearsal: rehearsal.rehearsal,
  messages: { ...messages.messages, ...doctor.messages, ...rehearsal.messages },
}
