import { describe, expect, test } from 'vitest'
import {
  checkBucket,
  checkKeySigns,
  checkPhotoBase,
  checkPublicUrl,
  withoutBucket,
} from '../../daemon/util/bucket-settings.ts'
import { parseConfig } from '../../daemon/config.ts'
import { Refusal } from '../../daemon/errors.ts'

const ACCOUNT = '0123456789abcdef0123456789abcdef'
const R2 = `https://${ACCOUNT}.r2.cloudflarestorage.com`
const entry = {
  endpoint: R2,
  bucket: 'event-photos',
  region: 'auto',
  accessKeyId: 'AKIA0123/+=',
  secretAccessKey: 'abc/def+ghi=',
}

/** @returns 'fine', or the code of the refusal */
function verdict(work: () => unknown): string {
  try {
    work()
    return 'fine'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
const bucket = (change: Partial<typeof entry>) => verdict(() => checkBucket({ ...entry, ...change }))

describe('an endpoint that names the bucket', () => {
  test.each([
    [`${R2}/event-photos`, R2],
    [`${R2}/event-photos/`, R2],
    [`${R2}//event-photos//`, R2],
    [`${R2}/`, R2],
    [`https://event-photos.${ACCOUNT}.r2.cloudflarestorage.com`, R2],
    [`https://event-photos.${ACCOUNT}.eu.r2.cloudflarestorage.com`, R2.replace('.r2', '.eu.r2')],
    ['https://event-photos.s3.eu-central-1.amazonaws.com', 'https://s3.eu-central-1.amazonaws.com'],
    ['https://event-photos.fra1.digitaloceanspaces.com', 'https://fra1.digitaloceanspaces.com'],
    ['http://192.168.1.9:9000/event-photos', 'http://192.168.1.9:9000'],
    // A server of one's own may be called like its bucket.
    ['https://event-photos.example.com', 'https://event-photos.example.com'],
  ])('%s is taken as %s', (endpoint, tidy) => {
    expect(checkBucket({ ...entry, endpoint }).endpoint).toBe(tidy)
    expect(withoutBucket(endpoint, 'event-photos')).toBe(tidy)
  })
})

test.each([
  [`${R2}/other-bucket`, 'endpoint_path'],
  [`${R2}/event-photos/2026`, 'endpoint_path'],
  [`${R2}/event-photos?list-type=2`, 'address_query'],
  [`${R2}?`, 'address_query'],
  [`${R2}#top`, 'address_query'],
  ['https://key:word@s3.example.com', 'address_login'],
  ['https://@s3.example.com', 'address_login'],
  ['https://dash.cloudflare.com', 'address_dashboard'],
  [`https://dash.cloudflare.com/${ACCOUNT}/r2/default/buckets/event-photos`, 'address_dashboard'],
  ['https://eu-central-1.console.aws.amazon.com', 'address_dashboard'],
  ['https://pub-0123.r2.dev', 'endpoint_is_page'],
  ['https://our-gallery.pages.dev', 'endpoint_is_page'],
  ['http://s3.example.com', 'https_due'],
  ['s3.example.com', 'bad_address'],
  ['https://', 'bad_address'],
  ['https://s3.exa mple.com', 'bad_address'],
  ['ftp://s3.example.com', 'bad_address'],
])('the endpoint %s is refused: %s', (endpoint, code) => {
  expect(bucket({ endpoint })).toBe(code)
})

test.each([
  'http://127.0.0.1:9000',
  'http://[::1]:9000',
  'http://nas:9000',
  'http://nas.local',
  'http://10.1.2.3',
])('in a network of one’s own %s needs no certificate', (endpoint) =>
  expect(bucket({ endpoint })).toBe('fine'),
)

test('a bucket’s name goes by the rule of S3', () => {
  for (const name of ['abc', 'event-photos', 'a.b-c9', 'x'.repeat(63)])
    expect(bucket({ bucket: name }), name).toBe('fine')
  for (const name of [
    'ab',
    'x'.repeat(64),
    'Event-Photos',
    'event_photos',
    'event photos',
    '-event',
    'event-',
    'a..b',
    '192.168.0.1',
    's3://photos',
    'photos/2026',
    'xn--photos',
    'photos-s3alias',
    '"photos"',
  ])
    // prettier-ignore
    expect(bucket({ bucket: name }), name).toBe('bucket_name')
})

test('keys with signs that no key has are refused, and never quoted', () => {
  for (const secret of [
    'x y',
    'x\ny',
    'x\r\ny',
    '"abc"',
    "'abc'",
    '`abc`',
    'ab\u00a0c',
    'ab\u200bc',
    '鑰匙',
    'a\\nb',
  ]) {
    expect(bucket({ secretAccessKey: secret }), secret).toBe('key_signs')
    expect(bucket({ accessKeyId: secret }), secret).toBe('key_signs')
    const check = () => checkKeySigns([secret])
    expect(check).toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) as string }))
  }
  expect(bucket({ region: 'eu west' })).toBe('bad_region')
})

test('a password in an address is never quoted', () => {
  for (const endpoint of [
    'https://me:hush@s3.example.com',
    'ftp://me:hush@s3.example.com',
    'https://me:hush@',
  ])
    expect(() => checkBucket({ ...entry, endpoint })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hush') as string }),
    )
})

test('guests’ addresses are those of pages, pictures’ those of anything that needs no keys', () => {
  const page = (url: string) => verdict(() => checkPublicUrl(url))
  const base = (url: string) => verdict(() => checkPhotoBase(url))
  expect([
    page('https://our-gallery.pages.dev'),
    page('https://photos.example.com/'),
    page('http://10.0.0.2:8788'),
  ]).toEqual(['fine', 'fine', 'fine'])
  expect([page('https://our.pages.dev/photo'), page('https://our.pages.dev/e/gala')]).toEqual([
    'public_path',
    'public_path',
  ])
  expect([page('https://pub-1.r2.dev'), page(R2), page('https://x.s3.amazonaws.com')]).toEqual(
    Array(3).fill('public_is_bucket'),
  )
  expect(page('https://dash.cloudflare.com/1/pages/view/our')).toBe('address_dashboard')
  expect(page('http://our-gallery.pages.dev')).toBe('https_due')
  expect(page('https://our.pages.dev/?x')).toBe('address_query')
  expect([base('https://pub-1.r2.dev'), base('https://cdn.example.com/photos')]).toEqual(['fine', 'fine'])
  expect(base(`${R2}/event-photos`)).toBe('photo_base_api')
})

describe('the bucket that the environment names', () => {
  const parse = (change: Record<string, string>) => {
    const parsed = parseConfig(['--data', '/nowhere'], {
      LEP_S3_ENDPOINT: `${R2}/event-photos`,
      LEP_S3_BUCKET: 'event-photos',
      LEP_S3_ACCESS_KEY_ID: 'key ',
      LEP_S3_SECRET_ACCESS_KEY: 'secret\n',
      ...change,
    })
    if ('help' in parsed) throw new Error('not asked for help')
    return parsed
  }
  test('is tidied like one that was entered', () => {
    const { config, warnings } = parse({})
    expect(config.s3).toMatchObject({ endpoint: R2, accessKeyId: 'key', secretAccessKey: 'secret' })
    expect(warnings).toEqual([])
  })
  test.each([
    ['LEP_S3_ENDPOINT', 'https://dash.cloudflare.com/1/r2', 'address_dashboard'],
    ['LEP_S3_ENDPOINT', `${R2}/elsewhere`, 'endpoint_path'],
    ['LEP_S3_ENDPOINT', 's3.example.com', 'bad_address'],
    ['LEP_S3_BUCKET', 'Event Photos', 'bucket_name'],
    ['LEP_S3_SECRET_ACCESS_KEY', '"quoted"', 'key_signs'],
    ['LEP_S3_REGION', 'eu west', 'bad_region'],
  ])('%s=%s is not used, and the warning says why', (name, value, why) => {
    const { config, warnings } = parse({ [name]: value })
    expect(config.s3).toBeNull()
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'bucket_unfit', params: expect.objectContaining({ why }) as object }),
    ])
  })
})
