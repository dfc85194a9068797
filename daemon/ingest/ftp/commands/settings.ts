import { known, type Commands } from '../conversation.ts'
import { reply } from '../words.ts'

const FEATURES = [
  'AUTH TLS', 'PBSZ', 'PROT', 'EPSV', 'EPRT', 'UTF8', 'SIZE', 'MDTM', 'MFMT', 'REST STREAM', 'TVFS',
  'MLST type*;size*;modify*;perm*;',
] // prettier-ignore

/** How things are sent (RFC 959, 2389). Pictures are taken as they are whatever a camera says of them: some say
 * nothing, which would mean text. */
export const settingCommands: Commands = {
  SYST: { free: true, run: () => reply(215, 'UNIX Type: L8') },
  FEAT: { free: true, run: () => reply(211, 'Features:', FEATURES) },
  OPTS: {
    free: true,
    run(_, option) {
      if (/^UTF-?8( +ON)?$/i.test(option)) return reply(200, 'Names are in UTF-8.')
      if (/^MLST\b/i.test(option)) return reply(200, 'MLST OPTS type;size;modify;perm;')
      return reply(501, 'There is no such option.')
    },
  },
  NOOP: { free: true, run: () => reply(200, 'Yes.') },
  HELP: { free: true, run: () => reply(214, 'Cameras send photos here: STOR.') },
  CLNT: { free: true, run: () => reply(200, 'Noted.') },
  HOST: { free: true, run: () => reply(220, 'There is one host.') },
  LANG: { free: true, run: () => reply(200, 'English.') },
  STAT: known((_, talk) =>
    reply(211, 'Status:', [
      `from ${talk.remote}`,
      talk.isTls() ? 'encrypted' : 'not encrypted',
      `in ${talk.folder}`,
    ]),
  ),
  TYPE: known((_, __, type) =>
    /^(I|A( +N)?|L *8)$/i.test(type)
      ? reply(200, 'Bytes are taken as they are.')
      : reply(504, 'Only I and A.'),
  ),
  MODE: known((_, __, mode) => (/^S$/i.test(mode) ? reply(200, 'Stream.') : reply(504, 'Only S.'))),
  STRU: known((_, __, structure) => (/^F$/i.test(structure) ? reply(200, 'File.') : reply(504, 'Only F.'))),
  ALLO: known((_, talk, bytes) => {
    const [, size] = /^(\d{1,15})( +R +\d+)?$/i.exec(bytes) ?? []
    if (size === undefined) return reply(501, 'A number of bytes is missing.')
    talk.stated = Number(size) || null
    return reply(200, 'There is room.')
  }),
  REST: known((_, talk, at) => {
    if (!/^\d{1,12}$/.test(at)) return reply(501, 'A number of bytes is missing.')
    talk.restAt = Number(at)
    return reply(350, `Go on at ${talk.restAt} with STOR.`)
  }),
  SITE: known(() => reply(502, 'There is no such command.')),
  SMNT: known(() => reply(502, 'There is no such command.')),
}
