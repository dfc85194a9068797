import { Type, type Static } from 'typebox'
import { Guessing } from './access.ts'
import { CamerasStatus } from './camera.ts'
import { CardCheck } from './card-check.ts'
import { ConnectStatus } from './connect.ts'
import { DeskName } from './desks.ts'
import { FtpStatus } from './ftp.ts'
import { LooksReply } from './look.ts'
import { OutputSettingsView } from './output-settings.ts'
import { Params, Message } from './message.ts'
import { SecondCopyStatus } from './second-copy.ts'
import { SpillStatus } from './spill.ts'
import { EventView } from './settings.ts'
import { oneOf } from './shapes.ts'

/** Older frames that a Source offers: the daemon takes them only when a person says so. */
export const Offer = Type.Object({
  count: Type.Integer(),
  bytes: Type.Integer(),
  /** ISO 8601, of the oldest and the newest frame offered. */
  from: Type.String(),
  to: Type.String(),
})
export type Offer = Static<typeof Offer>

export const SourceStatus = Type.Object({
  id: Type.String(),
  kind: oneOf('card', 'folder', 'camera', 'demo', 'finals'),
  label: Type.String(),
  state: oneOf('looking', 'copying', 'done', 'waiting', 'away'),
  /** Frames to take in this pass, and how many are done (taken, known or set aside). */
  total: Type.Integer(),
  done: Type.Integer(),
  bytes_total: Type.Integer(),
  bytes_done: Type.Integer(),
  /** Every frame that is to be taken is on our disk. Only ever true for cards. */
  safe_to_eject: Type.Boolean(),
  offer: Type.Union([Offer, Type.Null()]),
  /** One plain sentence when something needs attention. */
  message: Type.Union([Type.String(), Type.Null()]),
  /** The code of that sentence, for words in the reader's language. */
  code: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  params: Type.Optional(Params),
  /** Photos of this card that a person deleted: they are not taken again. */
  deleted: Type.Optional(Type.Array(Type.String())),
  /** What a check of this card found, as long as it is in its reader. */
  check: Type.Optional(CardCheck),
})
export type SourceStatus = Static<typeof SourceStatus>

/** A file that was not taken, and why. It stays where it is. */
export const SkippedFile = Type.Object({
  /** Where it is: a file name in the buffer, or the Source's label and the path on it. */
  path: Type.String(),
  reason: Type.String(),
  /** The code of the reason, for words in the reader's language; absent for what an earlier version set aside. */
  code: Type.Optional(Type.String()),
  params: Type.Optional(Params),
  at: Type.String(),
})
export type SkippedFile = Static<typeof SkippedFile>

export const FolderStatus = Type.Object({
  role: oneOf('buffer', 'web', 'trash', 'archive', 'finals'),
  path: Type.String(),
  /** `away`: its disk is not there, or another folder stands in its place. Nothing is written then. */
  state: oneOf('ready', 'away'),
  free_bytes: Type.Union([Type.Number(), Type.Null()]),
})
export type FolderStatus = Static<typeof FolderStatus>

const WallsHeld = oneOf('all', 'some', 'none')

export const Status = Type.Object({
  version: Type.String(),
  started_at: Type.String(),
  event: EventView,
  counts: Type.Object({
    buffer: Type.Integer(),
    archived: Type.Integer(),
    trashed: Type.Integer(),
    live: Type.Integer(),
  }),
  /** Where photos can be sent by FTP; absent while there is no desk. */
  desks: Type.Optional(Type.Array(DeskName)),
  /** Walls that a person made blank, or hold at one picture; absent while all show photos. */
  walls: Type.Optional(Type.Object({ blank: WallsHeld, paused: WallsHeld })),
  /** Photos that are to be printed, and that were, in copies; absent while prints go nowhere. */
  prints: Type.Optional(Type.Object({ waiting: Type.Integer(), printed: Type.Integer() })),
  /** Finals that wait for a person to say whose they are; absent when there are none. */
  finals_waiting: Type.Optional(Type.Integer()),
  camera: CamerasStatus,
  /** The receiver for cameras that send by FTP; without passwords. */
  ftp: Type.Optional(FtpStatus),
  sources: Type.Array(SourceStatus),
  /** The newest hundred. */
  set_aside: Type.Array(SkippedFile),
  set_aside_total: Type.Integer(),
  folders: Type.Array(FolderStatus),
  /** Photos that came while the disk of their folder was away; absent while there is nothing to say of it. */
  spill: Type.Optional(SpillStatus),
  /** Absent where there is none. */
  second_copy: Type.Optional(SecondCopyStatus),
  darkroom: Type.Object({
    waiting: Type.Integer(),
    running: Type.Integer(),
    /** Workers replaced because they died or hung, since the start. */
    replaced: Type.Integer(),
  }),
  sync: Type.Object({
    /** Where published files are copied to. */
    store: Type.String(),
    waiting: Type.Integer(),
    waiting_bytes: Type.Integer(),
    /** One plain sentence, or null when all is well. */
    trouble: Type.Union([Type.String(), Type.Null()]),
    /** What kind of trouble it is, for words of the reader's own: a code of the ObjectStore's faults, `file` (a
     * published file cannot be read) or `another_mac`. */
    code: Type.Union([Type.String(), Type.Null()]),
    /** Photos that were taken out, newest first, and how far that is: `leaving` the bucket, `removed` from it, or
     * `verified`: a public address answered that it is not there. */
    gone: Type.Array(
      Type.Object({
        filename: Type.String(),
        state: oneOf('leaving', 'removed', 'verified'),
        at: Type.String(),
      }),
    ),
  }),
  /** How far what was published got on its way to the guests. */
  delivery: Type.Optional(
    Type.Object({
      /** `unneeded` where there is no bucket; `portal`: something on the way answers instead, such as a hotel's
       * sign-in page. */
      internet: oneOf('unneeded', 'unknown', 'online', 'away', 'portal'),
      /** How many photos wait to be sent, and their size. */
      photos: Type.Integer(),
      bytes: Type.Integer(),
      /** How many of them failed; they are tried again automatically. */
      failed: Type.Integer(),
      /** The newest that guests can see, wherever they are meant to see it. */
      last_live: Type.Union([Type.Object({ filename: Type.String(), at: Type.String() }), Type.Null()]),
    }),
  ),
  /** Cameras whose new frames reach the guests with nobody looking first. Absent when there is none. */
  unattended: Type.Optional(
    Type.Array(
      Type.Object({
        camera_id: Type.String(),
        name: Type.String(),
        /** From coming in to being published. */
        seconds: Type.Integer(),
        /** Frames whose time is running. */
        waiting: Type.Integer(),
      }),
    ),
  ),
  /** Absent while nobody does. */
  guessing: Type.Optional(Guessing),
  looks: Type.Optional(LooksReply),
  finish: OutputSettingsView,
  /** How long a publish can be thought over, seconds. */
  hold_seconds: Type.Number(),
  /** More photos would be unpublished at once than may be without asking: the owner's word is waited for. */
  mass_removal: Type.Union([Type.Object({ refused: Type.Integer(), limit: Type.Integer() }), Type.Null()]),
  /** Whether this computer stays awake, and what it runs on. `awake` is `unable` where nothing could keep it so. */
  power: Type.Optional(
    Type.Object({
      awake: oneOf('on', 'off', 'unable'),
      source: oneOf('mains', 'battery', 'unknown'),
      /** Percent; null where there is none. */
      battery: Type.Union([Type.Number(), Type.Null()]),
      lid: oneOf('open', 'closed', 'unknown'),
    }),
  ),
  clients: Type.Integer(),
  /** Guests' pages that wait for news now: on this network, and on the internet, or null where nobody can tell. */
  guests: Type.Optional(
    Type.Object({
      here: Type.Integer(),
      elsewhere: Type.Union([Type.Integer(), Type.Null()]),
      /** Walls that hear what people want of them; absent when there is none. */
      walls: Type.Optional(Type.Integer()),
    }),
  ),
  /** Where guests read the gallery from anywhere, or null when there is no such address. */
  public_url: Type.Union([Type.String(), Type.Null()]),
  /** Gallery addresses on this network, for guests. */
  gallery_urls: Type.Array(Type.String()),
  admin_urls: Type.Array(Type.String()),
  connect: ConnectStatus,
  /** Plain sentences that the owner should read. */
  warnings: Type.Array(Message),
})
export type Status = Static<typeof Status>
