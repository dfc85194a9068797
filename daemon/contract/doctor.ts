import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { oneOf } from './shapes.ts'

/** What is looked at before an event, in the order in which it is shown. */
export const CHECKS = [
  'data', 'catalog', 'folders', 'permissions', 'disk_room', 'spill', 'disk_speed', 'node', 'libgphoto2', 'camera', 'usb',
  'reader', 'fonts', 'power', 'ports', 'addresses', 'local_network', 'firewall', 'certificate', 'clock', 'bucket', 'uplink', 'public',
  'cdn', 'pages', 'calls', 'rehearsed',
] as const // prettier-ignore
export type CheckName = (typeof CHECKS)[number]

/** One thing that was looked at, as a traffic light. `unknown`: it cannot be told here and now, which is no fault. */
export const CheckResult = Type.Object({
  name: oneOf(...CHECKS),
  state: oneOf('ok', 'warn', 'bad', 'unknown'),
  ...Message.properties,
  /** The one thing to do about it; null where there is nothing. */
  fix: Type.Union([Message, Type.Null()]),
})
export type CheckResult = Static<typeof CheckResult>

/** `POST /api/doctor` */
export const DoctorReply = Type.Object({
  /** Nothing is bad. */
  ok: Type.Boolean(),
  /** A check may say several things, one for each camera or folder. */
  checks: Type.Array(CheckResult),
})
export type DoctorReply = Static<typeof DoctorReply>
