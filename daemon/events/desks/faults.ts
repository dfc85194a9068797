import { FTPError } from 'basic-ftp'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import type { Desk } from './settings.ts'

/** Where a server says no. */
export type Step = 'connect' | 'tls' | 'login' | 'folder' | 'store'

const CODES = {
  desk_unreachable: 503,
  desk_no_tls: 422,
  desk_certificate: 422,
  desk_wants_tls: 422,
  desk_password: 422,
  desk_folder: 422,
  desk_refused: 422,
  desk_full: 507,
  desk_unverified: 503,
} as const
export type DeskFaultCode = keyof typeof CODES

/** Faults that stay until somebody sees to them: who logs in with a wrong password again and again is locked out. */
const LASTING: readonly string[] = [
  'desk_no_tls',
  'desk_certificate',
  'desk_wants_tls',
  'desk_password',
  'desk_folder',
] satisfies DeskFaultCode[]
export const isLasting = (fault: Refusal) => LASTING.includes(fault.code)

/** Whether it is the desk that stands in the way, for whatever is to be sent there. */
export const isDeskFault = (fault: Refusal) => Object.hasOwn(CODES, fault.code)

const SENTENCES: Record<DeskFaultCode, (desk: string, why: string) => string> = {
  desk_unreachable: (desk, why) => `The server of ${desk} cannot be reached: ${why}. What waits is sent when it can.`,
  desk_no_tls: (desk) => `The server of ${desk} does not speak TLS. Ask for another server, or choose "None".`,
  desk_certificate: (desk, why) => `The certificate of ${desk} does not prove whose server it is: ${why}.`,
  desk_wants_tls: (desk) => `The server of ${desk} takes nobody without TLS. Choose "TLS".`,
  desk_password: (desk) => `The server of ${desk} does not know this user with this password.`,
  desk_folder: (desk, why) => `The server of ${desk} does not let us into the folder: ${why}.`,
  desk_refused: (desk, why) => `The server of ${desk} takes no files here: ${why}.`,
  desk_full: (desk) => `The disk of ${desk} is full, or cannot be written. What waits is sent when there is room.`,
  desk_unverified: (desk) => `What the server of ${desk} keeps is not as long as what was sent.`,
} // prettier-ignore

/** @param why what the server or the system says */
export function deskFault(code: DeskFaultCode, desk: Desk, why = '', cause?: unknown): Refusal {
  const params = { desk: desk.name, why }
  return new Refusal(CODES[code], code, SENTENCES[code](desk.name, why), { cause, params })
}

/** A server's last line, without what belongs to the protocol. The password is nothing that a server repeats; if one
 * does, it is taken out. */
function whyOf(error: unknown, { password }: Desk): string {
  if (errnoOf(error) === 'ENOTFOUND') return 'no server has this name; look at its spelling'
  const line = messageOf(error).split('\n').at(-1)!.trim().replace(/[.]+$/, '').slice(0, 200)
  return password.length > 3 ? line.replaceAll(password, '***') : line
}

/** What went wrong before anything was said in TLS: an errno of the system, or none for a silence. What OpenSSL finds
 * wrong with a certificate has names of its own, some of them no better than UNSPECIFIED. */
function tlsFault(errno: string | undefined): DeskFaultCode {
  if (errno?.startsWith('ERR_SSL') || errno === 'EPROTO') return 'desk_no_tls'
  return errno === undefined || /^E[A-Z]+$/.test(errno) ? 'desk_unreachable' : 'desk_certificate'
}

/** What a person has to hear of an error, by where it happened. */
export function faultOf(error: unknown, desk: Desk, step: Step): Refusal {
  if (error instanceof Refusal) return error
  return deskFault(codeOf(error, step), desk, whyOf(error, desk), error)
}

function codeOf(error: unknown, step: Step): DeskFaultCode {
  if (!(error instanceof FTPError)) return step === 'tls' ? tlsFault(errnoOf(error)) : 'desk_unreachable'
  const { code, message } = error
  if (code === 421) return 'desk_unreachable'
  if (step === 'tls') return 'desk_no_tls'
  if (step === 'login') {
    if (/encrypt|\btls\b|\bssl\b/i.test(message)) return 'desk_wants_tls'
    return code >= 500 ? 'desk_password' : 'desk_unreachable'
  }
  if (step === 'folder') return code >= 500 ? 'desk_folder' : 'desk_unreachable'
  if (step === 'connect') return 'desk_unreachable'
  // vsftpd says 451 where its disk is full; others 452 or 552.
  if (code === 451 || code === 452 || code === 552) return 'desk_full'
  return code >= 500 ? 'desk_refused' : 'desk_unreachable'
}
