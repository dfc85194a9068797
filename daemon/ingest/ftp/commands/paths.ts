import type { FtpCameraSource } from '../camera.ts'
import { known, type Command, type Commands, type Conversation } from '../conversation.ts'
import { resolvePath, splitPath } from '../folders.ts'
import { facts, readTime, writeTime } from '../listings.ts'
import { reply, type Reply } from '../words.ts'

const NO_PATH = reply(553, 'This is no name.')
const NO_FILE = reply(550, 'There is no such file.')
const quoted = (path: string) => `"${path.replaceAll('"', '""')}"`

/** A command about a path, which is looked up first. */
const at = (
  run: (camera: FtpCameraSource, path: string, talk: Conversation) => Reply | Promise<Reply>,
): Command =>
  known((camera, talk, argument) => {
    const path = argument === '' ? null : resolvePath(talk.folder, argument)
    return path === null ? NO_PATH : run(camera, path, talk)
  })

const enter = at(({ files }, path, talk) => {
  if (!files.hasFolder(path)) return reply(550, 'There is no such folder; MKD makes it.')
  talk.folder = path
  return reply(250, `In ${quoted(path)}.`)
})
const up: Command = { run: (talk, _) => enter.run(talk, '..') }
const where = known((_, talk) => reply(257, `${quoted(talk.folder)} is the folder.`))
const make = at(({ files }, path) =>
  files.makeFolder(path) ? reply(257, `${quoted(path)} is made.`) : reply(550, 'It is there already.'),
)
const remove = at(({ files }, path) =>
  files.removeFolder(path) ? reply(250, 'Removed.') : reply(550, 'There is no such folder.'),
)

/** Sets a file's time: `MFMT time path`, and MDTM as some use it. */
const setTime = (camera: FtpCameraSource, talk: Conversation, argument: string): Reply | null => {
  const [, time = '', given = ''] = /^(\d{14}(?:\.\d+)?) +(.+)$/.exec(argument) ?? []
  const moment = readTime(time)
  const path = resolvePath(talk.folder, given)
  if (moment === null || given === '' || path === null) return null
  camera.setTime(path, moment)
  return reply(213, `Modify=${writeTime(moment)}; ${given}`)
}

/** Folders and names (RFC 959, 3659): one camera's own, which nothing on the disk is called by. */
export const pathCommands: Commands = {
  PWD: where,
  XPWD: where,
  CWD: enter,
  XCWD: enter,
  CDUP: up,
  XCUP: up,
  MKD: make,
  XMKD: make,
  RMD: remove,
  XRMD: remove,
  SIZE: at((camera, path) => {
    const size = camera.sizeOf(path)
    return size === null ? NO_FILE : reply(213, String(size))
  }),
  MDTM: known((camera, talk, argument) => {
    const path = resolvePath(talk.folder, argument)
    const time = path === null ? undefined : camera.timeOf(path)
    if (time !== undefined) return reply(213, writeTime(time))
    return setTime(camera, talk, argument) ?? NO_FILE
  }),
  MFMT: known((camera, talk, argument) => setTime(camera, talk, argument) ?? reply(501, 'MFMT time name')),
  MLST: known(({ files }, talk, argument) => {
    const path = resolvePath(talk.folder, argument)
    const file = path === null ? undefined : files.file(path)
    if (path === null || (!file && !files.hasFolder(path))) return NO_FILE
    return reply(250, 'Facts:', [facts({ name: path, file: file ?? null }, Date.now())])
  }),
  DELE: at((camera, path) => camera.remove(path)),
  RNFR: at((camera, path, talk) => {
    if (!camera.files.file(path)) return NO_FILE
    talk.renaming = path
    return reply(350, 'And its new name?')
  }),
  RNTO: at((camera, path, talk) => {
    const { renaming } = talk
    if (renaming === null) return reply(503, 'RNFR first.')
    if (splitPath(path).name === '' || camera.files.hasFolder(path)) return NO_PATH
    return camera.rename(renaming, path)
  }),
}
