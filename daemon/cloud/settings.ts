import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CloudSettingsBody, CloudSettingsView } from '../contract/cloud.ts'
import {
  checkBucketName,
  checkEndpoint,
  checkKeySigns,
  checkPhotoBase,
  checkPublicUrl,
  checkRegion,
  withoutBucket,
} from '../util/bucket-settings.ts'
import { errnoOf, Refusal } from '../errors.ts'
import { writeAtomic } from '../files.ts'
import type { S3Settings } from './store/store-s3.ts'

export interface CloudSettings {
  /** Null: a folder stands in for the bucket. */
  readonly s3: S3Settings | null
  readonly publicUrl: string
  readonly photoBaseUrl: string
  readonly purge: { readonly zone: string; readonly token: string }
  /** Kilobits a second, 0 = none. */
  readonly uploadLimit: number
  readonly bulkRemoval: number
  /** One plain sentence when the file may not be used; there is no bucket then, and no folder in its place. */
  readonly fault: string | null
}

/** The cloud's settings and its keys, in a file that only this user may read. */
export interface CloudSettingsFile {
  current(): CloudSettings
  view(): CloudSettingsView
  /** @throws Refusal 422 for what cannot be right, 409 when the environment or the file's mode forbids it */
  save(change: Omit<CloudSettingsBody, 'request_id'>): Promise<void>
}

type Stored = {
  endpoint: string
  bucket: string
  region: string
  access_key_id: string
  secret_access_key: string
  public_url: string
  photo_base_url: string
  purge_zone: string
  purge_token: string
  upload_limit: number
  mass_removal: number
}

const DEFAULTS: Stored = {
  endpoint: '',
  bucket: '',
  region: 'auto',
  access_key_id: '',
  secret_access_key: '',
  public_url: '',
  photo_base_url: '',
  purge_zone: '',
  purge_token: '',
  upload_limit: 0,
  mass_removal: 20,
}

/** @param needs.environment the bucket that the environment names, if it does; it wins over the file
 *  @param needs.path `<data>/config/cloud.json` */
export function openCloudSettings(needs: {
  path: string
  environment: S3Settings | null
}): CloudSettingsFile {
  const { path, environment } = needs
  let stored: Stored = DEFAULTS
  let fault: string | null = null

  function read(): void {
    fault = null
    try {
      // What others on this machine can read is no secret.
      const mode = statSync(path).mode & 0o777
      if (mode & 0o077) {
        fault = `The file with the keys can be read by others on this computer (mode ${mode.toString(8)}). Run: chmod 600 "${path}"`
        stored = DEFAULTS
        return
      }
      stored = { ...DEFAULTS, ...pick(JSON.parse(readFileSync(path, 'utf8'))) }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') stored = DEFAULTS
      // What a parser quotes may be the secret.
      else fault = `The file with the keys cannot be read as JSON: ${path}`
    }
  }
  read()

  const bucketOf = (one: Stored): S3Settings | null =>
    one.endpoint === '' || one.bucket === ''
      ? null
      : {
          // Of a file that an earlier version took as it was.
          endpoint: withoutBucket(one.endpoint, one.bucket),
          bucket: one.bucket,
          region: one.region || 'auto',
          accessKeyId: one.access_key_id,
          secretAccessKey: one.secret_access_key,
        }

  return {
    current: () => ({
      s3: environment ?? (fault === null ? bucketOf(stored) : null),
      publicUrl: stored.public_url.replace(/\/+$/, ''),
      photoBaseUrl: stored.photo_base_url.replace(/\/+$/, ''),
      purge: { zone: stored.purge_zone, token: stored.purge_token },
      uploadLimit: stored.upload_limit,
      bulkRemoval: stored.mass_removal,
      fault: environment ? null : fault,
    }),
    view() {
      const bucket = environment ?? bucketOf(stored)
      return {
        endpoint: environment?.endpoint ?? stored.endpoint,
        bucket: environment?.bucket ?? stored.bucket,
        region: environment?.region ?? stored.region,
        has_keys: bucket !== null && bucket.accessKeyId !== '' && bucket.secretAccessKey !== '',
        from_environment: environment !== null,
        public_url: stored.public_url,
        photo_base_url: stored.photo_base_url,
        purge_zone: stored.purge_zone,
        has_purge_token: stored.purge_token !== '',
        upload_limit: stored.upload_limit,
        mass_removal: stored.mass_removal,
      }
    },
    async save(change) {
      read()
      if (fault !== null) throw new Refusal(409, 'secrets_open', `${fault}.`, { params: { path } })
      const { endpoint, bucket, region, access_key_id, secret_access_key } = change
      if (environment && [endpoint, bucket, region, access_key_id, secret_access_key].some((value) => value))
        throw new Refusal(409, 'from_environment', 'The environment (LEP_S3_...) names the bucket.')
      const next: Stored = { ...stored, ...pick(change) }
      const missing = [
        next.endpoint === '' && 'endpoint',
        next.bucket === '' && 'bucket',
        next.access_key_id === '' && 'access key id',
        next.secret_access_key === '' && 'secret access key',
      ].filter((name) => name !== false)
      const all = [next.endpoint, next.bucket]
      if (all.some((value) => value !== '') && missing.length > 0)
        throw new Refusal(422, 'cloud_incomplete', `For a bucket this is missing: ${missing.join(', ')}.`)
      const fit = checkChange(next, stored)
      await mkdir(dirname(path), { recursive: true })
      await writeAtomic(path, `${JSON.stringify(fit, null, 2)}\n`, 0o600)
      stored = fit
    },
  }
}

/** What was changed must be able to be right; what an earlier version kept stays usable as it is.
 * @throws Refusal 422 */
function checkChange(next: Stored, before: Stored): Stored {
  const isNew = (name: keyof Stored) => next[name] !== '' && next[name] !== before[name]
  if (isNew('bucket')) checkBucketName(next.bucket)
  const endpoint =
    next.endpoint !== '' && (isNew('endpoint') || isNew('bucket'))
      ? checkEndpoint(next.endpoint, next.bucket)
      : next.endpoint
  if (isNew('region')) checkRegion(next.region)
  checkKeySigns(
    (['access_key_id', 'secret_access_key', 'purge_zone', 'purge_token'] as const)
      .filter(isNew)
      .map((name) => next[name]),
  )
  if (isNew('public_url')) checkPublicUrl(next.public_url)
  if (isNew('photo_base_url')) checkPhotoBase(next.photo_base_url)
  return { ...next, endpoint }
}

/** Only what we know, of the kind that it should be. */
function pick(value: unknown): Partial<Stored> {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const known = Object.entries(DEFAULTS).filter(([key, normal]) => typeof given[key] === typeof normal)
  return Object.fromEntries(
    known.map(([key]) => [key, typeof given[key] === 'string' ? given[key].trim() : given[key]]),
  )
}
