import { Type, type Static } from 'typebox'
import { RequestId, closed, oneOf } from './shapes.ts'

/** What an address must be is said in words of its own, see bucket-settings.ts; a scheme that is none of ours is
 * not. */
const Url = Type.String({ maxLength: 500, pattern: '^\\s*([Hh][Tt][Tt][Pp][Ss]?://[^]*|[^:]*)$' })
const Text = Type.String({ maxLength: 200 })

/** What the owner sees of the cloud's settings. Keys go in and never come out again. */
export const CloudSettingsView = Type.Object({
  /** Empty: there is no bucket, a folder stands in for it. */
  endpoint: Type.String(),
  bucket: Type.String(),
  region: Type.String(),
  has_keys: Type.Boolean(),
  /** The environment (`LEP_S3_...`) names the bucket: it cannot be changed here. */
  from_environment: Type.Boolean(),
  /** Where guests read the gallery, such as `https://our-gallery.pages.dev`; empty: only on this network. */
  public_url: Type.String(),
  /** Where pictures are read from instead of `<public_url>/photo`: the bucket's own domain. */
  photo_base_url: Type.String(),
  /** Cloudflare's zone of the public address, for emptying its caches. */
  purge_zone: Type.String(),
  has_purge_token: Type.Boolean(),
  /** For the big files, kilobits a second; 0 = as fast as it goes. */
  upload_limit: Type.Integer(),
  /** More unpublished within a minute than this asks the owner. */
  mass_removal: Type.Integer(),
})
export type CloudSettingsView = Static<typeof CloudSettingsView>

/** What is left out stays as it is. Empty keys are taken away. */
export const CloudSettingsBody = Type.Object(
  {
    endpoint: Type.Optional(Url),
    bucket: Type.Optional(Text),
    region: Type.Optional(Text),
    access_key_id: Type.Optional(Text),
    secret_access_key: Type.Optional(Text),
    public_url: Type.Optional(Url),
    photo_base_url: Type.Optional(Url),
    purge_zone: Type.Optional(Text),
    purge_token: Type.Optional(Text),
    upload_limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
    mass_removal: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
    request_id: Type.Optional(RequestId),
  },
  closed,
)
export type CloudSettingsBody = Static<typeof CloudSettingsBody>

export const CLOUD_STEPS = ['write', 'read', 'conditions', 'public', 'remove'] as const
/** What became of a small file that was written to the bucket, read back, and removed. In that order; what could not
 * be tried after a failure is `skipped`. */
export const CloudTestReply = Type.Object({
  ok: Type.Boolean(),
  steps: Type.Array(
    Type.Object({
      step: Type.Unsafe<(typeof CLOUD_STEPS)[number]>({ type: 'string', enum: [...CLOUD_STEPS] }),
      result: oneOf('ok', 'failed', 'skipped'),
      /** The code as in `Status.sync.code`, for words in the reader's language. */
      code: Type.Union([Type.String(), Type.Null()]),
      message: Type.String(),
    }),
  ),
})
export type CloudTestReply = Static<typeof CloudTestReply>

/** The owner's answer when more would be unpublished at once than may be without asking. */
export const BulkRemovalBody = Type.Object(
  {
    action: oneOf('allow', 'refuse'),
    request_id: Type.Optional(RequestId),
  },
  closed,
)
export type BulkRemovalBody = Static<typeof BulkRemovalBody>
