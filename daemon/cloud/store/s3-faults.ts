import { errnoOf, messageOf } from '../../errors.ts'
import { StoreFault, type StoreFaultCode } from './store.ts'

/** What of a failed call is needed to say what is wrong. The SDK's errors have this shape. */
interface Failure {
  readonly name?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

/** S3's own error codes, as far as a person can do something about them. */
const CODES: Readonly<Record<string, StoreFaultCode>> = {
  InvalidAccessKeyId: 'keys',
  SignatureDoesNotMatch: 'keys',
  AuthorizationHeaderMalformed: 'endpoint',
  Unauthorized: 'keys',
  InvalidToken: 'keys',
  ExpiredToken: 'keys',
  AccessDenied: 'rights',
  AllAccessDisabled: 'account',
  AccountProblem: 'account',
  AccountSuspended: 'account',
  UserSuspended: 'account',
  NotSignedUp: 'account',
  ObjectLockedByBucketPolicy: 'locked',
  ObjectLocked: 'locked',
  NoSuchBucket: 'no_bucket',
  InvalidBucketName: 'no_bucket',
  PermanentRedirect: 'endpoint',
  TemporaryRedirect: 'endpoint',
  IllegalLocationConstraintException: 'endpoint',
  RequestTimeTooSkewed: 'clock',
  RequestExpired: 'clock',
  QuotaExceeded: 'full',
  ServiceQuotaExceeded: 'full',
  TooManyBuckets: 'full',
  InsufficientStorage: 'full',
  StorageCapExceeded: 'full',
  TransactionCapExceeded: 'full',
  CapExceeded: 'full',
  XMinioStorageFull: 'full',
  XMinioAdminBucketQuotaExceeded: 'full',
  EntityTooLarge: 'refused',
  PreconditionFailed: 'changed',
  ConditionalRequestConflict: 'changed',
  OperationAborted: 'busy',
  SlowDown: 'busy',
  TooManyRequests: 'busy',
  ServiceUnavailable: 'busy',
  InternalError: 'busy',
  RequestTimeout: 'away',
  BadDigest: 'mismatch',
  InvalidDigest: 'mismatch',
}

const STATUSES: Readonly<Record<number, StoreFaultCode>> = {
  401: 'keys',
  403: 'rights',
  408: 'away',
  409: 'refused',
  412: 'changed',
  413: 'full',
  429: 'busy',
  501: 'refused',
  505: 'refused',
  507: 'full',
}

/** No way to the bucket, by the system's names and the SDK's. */
const AWAY =
  /^(E(CONN|HOST|NET|PIPE|ADDR|TIMEDOUT|AI_)\w*|ENOTFOUND|UND_\w+|TimeoutError|AbortError|RequestTimeout|NetworkingError)$/
/** A certificate that is not the bucket's. */
const CERTIFICATE = /^(CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH)/

/** What Node or the SDK refuses to send: nobody but this program has a part in it. */
const OURS = /^ERR_(INVALID_|HTTP_INVALID_|UNESCAPED_|OUT_OF_RANGE|MISSING_)/
/** Codes that providers use for keys and for anything else: their text, which is not repeated, distinguishes them. */
const CODES_BY_TEXT: readonly (readonly [name: RegExp, text: RegExp, code: StoreFaultCode])[] = [
  [/^(InvalidArgument|InvalidRequest)$/, /credential|access key/i, 'keys'],
  [
    /^(AccessDenied|InvalidRequest|MethodNotAllowed)$/,
    /object lock|retention|legal hold|locked|WORM/i,
    'locked',
  ],
  [/^AccessDenied$/, /cap exceeded|quota/i, 'full'],
  [/^AccessDenied$/, /suspended|disabled account|billing/i, 'account'],
]

/** The plain sentences. `where` is the bucket's name for people. */
export function sayFault(code: StoreFaultCode, where: string): string {
  switch (code) {
    case 'away':
      return `The internet is away, or ${where} does not answer.`
    case 'portal':
      return `The network answers in place of ${where}. Perhaps the Wi-Fi wants you to sign in: open any web page on this computer.`
    case 'busy':
      return `The bucket ${where} is busy.`
    case 'mismatch':
      return `The bucket ${where} did not keep what was sent.`
    case 'changed':
      return `Another Mac is publishing to ${where}.`
    case 'clock':
      return `The clock of this computer is wrong, so ${where} refuses it. Set date and time to automatic.`
    case 'keys':
      return `${where} does not accept the keys. Make a new token and enter it under More > Cloud.`
    case 'rights':
      return `The keys may not do this in ${where}. The token needs "Object Read & Write" for all of this bucket.`
    case 'no_bucket':
      return `There is no bucket ${where}. Make it, or correct its name under More > Cloud.`
    case 'endpoint':
      return `The bucket ${where} is elsewhere. Correct the endpoint or the region under More > Cloud.`
    case 'full':
      return `There is no room left in ${where}, or it is not paid for.`
    case 'locked':
      return `A rule of the bucket ${where} keeps files from being replaced or removed. Take the lock or retention rule off for these photos.`
    case 'account':
      return `The account of ${where} is suspended or not paid for.`
    case 'taken':
      return `Another Mac is publishing to ${where} under the same names.`
    case 'refused':
      return `The bucket ${where} refuses the request.`
    case 'ours':
      return `A fault of this program keeps it from asking ${where}. Its log says what.`
    case 'restored':
      return `This data folder was restored from a backup: nothing is sent to ${where} or removed from it. Look at what is published here, then press Save under More > Cloud.`
    case 'folder':
      return `The bucket folder cannot be used.`
  }
}

/** @param error whatever the SDK threw; a server's text is never repeated, since it may echo what was sent */
export function faultOf(error: unknown, where: string): StoreFault {
  const code = codeOf(error)
  const cause = code === 'ours' ? error : new Error(nameOf(error))
  return new StoreFault(code, sayFault(code, where), { cause })
}

function nameOf(error: unknown): string {
  const { name, $metadata } = (error ?? {}) as Failure
  return [errnoOf(error) ?? name ?? 'unknown', $metadata?.httpStatusCode ?? ''].join(' ').trim()
}

function codeOf(error: unknown): StoreFaultCode {
  const { name = '', $metadata, $response } = (error ?? {}) as Failure
  const errno = errnoOf(error) ?? ''
  if (CERTIFICATE.test(errno)) return 'portal'
  if (AWAY.test(errno)) return 'away'
  const status = $metadata?.httpStatusCode ?? $response?.statusCode
  if (status === undefined && (OURS.test(errno) || isSlip(error))) return 'ours'
  if (status === undefined)
    return AWAY.test(name) || /timeout|socket|hang up|aborted/i.test(messageOf(error)) ? 'away' : 'portal'
  const byText = CODES_BY_TEXT.find(([names, text]) => names.test(name) && text.test(messageOf(error)))
  if (byText) return byText[2]
  const known = CODES[name]
  if (known) return known
  const type = $response?.headers?.['content-type'] ?? ''
  // S3 speaks XML; a server that sends a web page or a redirect is not S3.
  if (/html/i.test(type) || (status >= 200 && status < 400) || status === 511) return 'portal'
  return STATUSES[status] ?? (status >= 500 ? 'busy' : 'refused')
}

/** What a mistake in a program throws, and no network. `fetch` and the SDK call a failed connection a TypeError too,
 * with its cause. */
function isSlip(error: unknown): boolean {
  const slip = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  return slip && error.cause === undefined && !('$response' in error)
}
