import { isIP } from 'node:net'
import { Refusal } from '../errors.ts'

/** Where a bucket is and who asks it, as somebody entered it. */
export interface BucketEntry {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Signs that no provider's keys have: blanks, line ends, quotes, and whatever is not plain ASCII. */
const KEY = /^[\x21\x23-\x26\x28-\x5b\x5d-\x5f\x61-\x7e]*$/
const REGION = /^[A-Za-z0-9-]*$/
/** docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|\.mrap)$/
/** Hosts of providers that also answer with the bucket's name before their own. */
const PROVIDERS =
  /^(s3([.-][a-z0-9-]+)*\.amazonaws\.com(\.cn)?|[0-9a-f]{32}(\.(eu|fedramp))?\.r2\.cloudflarestorage\.com|s3[.-][a-z0-9.-]*(backblazeb2|wasabisys|scw|ovh)\.[a-z]+|[a-z0-9]+\.digitaloceanspaces\.com|storage\.googleapis\.com)$/
const DASHBOARDS =
  /^(dash\.cloudflare\.com|([a-z0-9-]+\.)*console\.aws\.amazon\.com|console\.cloud\.google\.com)$/
/** Pages for people, where no S3 answers. */
const PAGES = /\.(r2\.dev|pages\.dev|workers\.dev)$/
const S3_HOSTS =
  /(\.r2\.cloudflarestorage\.com|(^|\.)s3([.-][a-z0-9-]+)*\.amazonaws\.com(\.cn)?|\.digitaloceanspaces\.com|\.(backblazeb2|wasabisys)\.com)$/

const refuse = (code: string, message: string, params: Record<string, string> = {}) =>
  new Refusal(422, code, message, { params })

/** Whether a host lies in a private network, where nobody has a certificate. */
function isLocal(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) === 4)
    return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
      bare,
    )
  if (isIP(bare) === 6) return bare === '::1' || /^f[cde]/i.test(bare)
  return !bare.includes('.') || /\.(local|localhost|lan|home|internal|intranet|home\.arpa|test)$/.test(bare)
}

/** What any address of these settings must be. A password in it is never quoted.
 * @throws Refusal 422 */
function addressOf(text: string): URL {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text)) {
    const address = text.replace(/[^/]*@/, '...@')
    throw refuse('bad_address', `"${address}" is not an address.`, { address })
  }
  const { host } = url
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(text))
    throw refuse('address_login', `No name or password belongs into the address of ${host}.`, { host })
  if (/[?#]/.test(text))
    throw refuse('address_query', `The address of ${host} has a "?" or "#". Leave away what follows it.`, {
      host,
    })
  if (DASHBOARDS.test(url.hostname))
    throw refuse('address_dashboard', `${host} is the provider's dashboard, not the address.`, { host })
  if (url.protocol === 'http:' && !isLocal(url.hostname))
    throw refuse('https_due', `${host} is on the internet: its address begins with https.`, { host })
  return url
}

const pathOf = ({ pathname }: URL) => pathname.replace(/\/+$/, '').replace(/^\/+/, '')

/** The endpoint without the bucket, which dashboards show behind or before it: the bucket would be looked for in
 * itself. What is no address, or more than one, comes back as it was. */
export function withoutBucket(endpoint: string, bucket: string): string {
  const url = URL.parse(endpoint)
  if (!url || bucket === '') return endpoint.replace(/\/+$/, '')
  if (pathOf(url) === bucket) url.pathname = '/'
  const host = url.host.startsWith(`${bucket}.`) ? url.host.slice(bucket.length + 1) : ''
  if (PROVIDERS.test(host)) url.host = host
  return url.href.replace(/\/+$/, '')
}

/** @returns the endpoint as it is to be used
 * @throws Refusal 422 */
export function checkEndpoint(endpoint: string, bucket: string): string {
  const given = addressOf(endpoint)
  if (PAGES.test(given.hostname))
    throw refuse('endpoint_is_page', `${given.host} shows pages. The endpoint is the S3 API's address.`, {
      host: given.host,
    })
  const tidy = withoutBucket(endpoint, bucket)
  const path = pathOf(new URL(tidy))
  if (path !== '')
    throw refuse('endpoint_path', `The endpoint ends with its host. Leave away "/${path}".`, {
      path: `/${path}`,
    })
  return tidy
}

/** @throws Refusal 422 */
export function checkBucketName(bucket: string): void {
  if (BUCKET.test(bucket) && !bucket.includes('..') && isIP(bucket) === 0) return
  throw refuse(
    'bucket_name',
    `"${bucket}" is no bucket's name: 3 to 63 small letters, digits, dots and dashes, a letter or digit first and last.`,
    { bucket },
  )
}

/** Keys and tokens; they are never quoted. @throws Refusal 422 */
export function checkKeySigns(keys: readonly string[]): void {
  if (!keys.every((key) => KEY.test(key)))
    throw refuse('key_signs', 'A key holds a blank, a quote or another sign that no key has. Copy it again.')
}

/** @throws Refusal 422 */
export function checkRegion(region: string): void {
  if (!REGION.test(region))
    throw refuse('bad_region', `"${region}" is no region. For R2 it is auto.`, { region })
}

/** Where guests read the gallery: a host, below which we have paths of our own. @throws Refusal 422 */
export function checkPublicUrl(text: string): void {
  const url = addressOf(text)
  if (/\.r2\.dev$/.test(url.hostname) || S3_HOSTS.test(url.hostname))
    throw refuse(
      'public_is_bucket',
      `${url.host} is the bucket itself. Guests need the address of the page, such as https://our-gallery.pages.dev.`,
      { host: url.host },
    )
  if (pathOf(url) !== '')
    throw refuse('public_path', `The public address ends with its host. Leave away "/${pathOf(url)}".`, {
      path: `/${pathOf(url)}`,
    })
}

/** Where pictures are read from instead; it may have a path. @throws Refusal 422 */
export function checkPhotoBase(text: string): void {
  const { hostname, host } = addressOf(text)
  if (S3_HOSTS.test(hostname))
    throw refuse(
      'photo_base_api',
      `${host} answers nobody without keys. Pictures need the bucket's own domain.`,
      {
        host,
      },
    )
}

/** A bucket as a whole. @throws Refusal 422 for the first thing that cannot be right */
export function checkBucket(entry: BucketEntry): BucketEntry {
  const { accessKeyId, secretAccessKey, region, bucket } = entry
  checkBucketName(bucket)
  const endpoint = checkEndpoint(entry.endpoint, bucket)
  checkKeySigns([accessKeyId, secretAccessKey])
  checkRegion(region)
  return { ...entry, endpoint }
}
