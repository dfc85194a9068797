import { newMessage } from '../../util/message.ts'
import { bad, catalogMissing, fine, rebuildCommand, type Check } from '../check.ts'

/** The catalog, every page and index of it. */
export const catalog: Check = {
  name: 'catalog',
  seconds: 20,
  async run(facts, signal) {
    const missing = await catalogMissing(facts)
    if (missing) return missing
    const why = await facts.catalogFault(signal)
    const command = rebuildCommand(await facts.data())
    return why === null
      ? fine(newMessage('doctor_catalog', 'The catalog is whole.'))
      : bad(
          newMessage('doctor_catalog_damaged', `The catalog is damaged: ${why}`, { why }),
          newMessage('doctor_fix_catalog', `Rebuild it (${command}), or put it back from a backup.`, {
            command,
          }),
        )
  },
}
