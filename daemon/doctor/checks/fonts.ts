import { newMessage } from '../../util/message.ts'
import { bad, fine, type Check } from '../check.ts'

/** The fonts that watermarks are drawn with. */
export const fonts: Check = {
  name: 'fonts',
  run(facts) {
    const missing = facts.missingFonts()
    if (missing.length === 0) return fine(newMessage('doctor_fonts', 'The fonts for watermarks are there.'))
    const names = missing.join(', ')
    return bad(
      newMessage('doctor_fonts_missing', `Fonts are missing: ${names}.`, { names }),
      newMessage('doctor_fix_fonts', 'Run npm ci in the folder of the program.'),
    )
  },
}
