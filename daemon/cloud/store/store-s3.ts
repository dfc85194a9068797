import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type * as Sdk from '@aws-sdk/client-s3'
import { createDeadline, type Deadline } from './deadline.ts'
import { faultOf, sayFault } from './s3-faults.ts'
import { createSealed, MD5_NAME, type ObjectAnswer } from './sealed.ts'
import { checkKey, checkPrefix, StoreFault, type ObjectBody, type ObjectStore } from './store.ts'

export interface S3Settings {
  /** `https://<account>.r2.cloudflarestorage.com` */
  readonly endpoint: string
  readonly bucket: string
  /** `auto` for R2. */
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Bytes handed to the network at a time when an upload is paced: on a slow line what is urgent waits for no more. */
const CHUNK = 16 * 1024

const SILENT = { debug() {}, info() {}, warn() {}, error() {} }

/** How long a call may take: `answer` milliseconds, and as long again as its bytes need at `slowest` bytes a second. */
export interface Patience {
  readonly connect: number
  readonly answer: number
  readonly slowest: number
}
const PATIENCE: Patience = { connect: 8_000, answer: 20_000, slowest: 6_000 }

/** An S3 bucket, R2 among them. The SDK is loaded with the first call: who has no bucket does not pay for it. */
export function createS3Store(settings: S3Settings, patience: Patience = PATIENCE): ObjectStore {
  const { endpoint, bucket } = settings
  const where = `${bucket} (${new URL(endpoint).host})`
  let loaded: Promise<{ sdk: typeof Sdk; client: Sdk.S3Client }> | undefined
  let conditions: boolean | undefined
  const sealed = createSealed()

  const load = () =>
    (loaded ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: new sdk.S3Client({
        endpoint,
        region: settings.region,
        // Buckets are then found on any host, also one without a certificate for each bucket's name.
        forcePathStyle: true,
        credentials: {
          accessKeyId: settings.accessKeyId,
          secretAccessKey: settings.secretAccessKey,
        },
        // The queue tries again, and knows what is more urgent by then. A refusal for the clock's sake teaches the SDK
        // the server's time for the next request.
        maxAttempts: 1,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        expectContinueHeader: false,
        // Faults are reported by what is thrown; the SDK must not write to the console.
        logger: SILENT,
        requestHandler: {
          connectionTimeout: patience.connect,
          httpAgent: { keepAlive: true, maxSockets: 16 },
          httpsAgent: { keepAlive: true, maxSockets: 16 },
        },
      }),
    })))

  async function call<T>(
    work: (
      sdk: typeof Sdk,
      client: Sdk.S3Client,
      options: { abortSignal: AbortSignal },
      deadline: Deadline,
    ) => Promise<T>,
    bytes = 0,
    signal?: AbortSignal,
  ): Promise<T> {
    const { sdk, client } = await load()
    signal?.throwIfAborted()
    const deadline = createDeadline(patience.answer + (bytes / patience.slowest) * 1000)
    const abortSignal = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal
    try {
      return await work(sdk, client, { abortSignal }, deadline)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof StoreFault) throw error
      if (deadline.over) throw new StoreFault('away', sayFault('away', where), { cause: error })
      throw faultOf(error, where)
    } finally {
      deadline.end()
    }
  }

  /** Every answer of a bucket about an object has its ETag; a web page in its place has none. */
  function etagOf(key: string, answer: ObjectAnswer, sent?: string): string {
    const etag = sealed.etagOf(key, answer, sent)
    if (!etag) throw new StoreFault('portal', sayFault('portal', where))
    return etag
  }

  const get = (key: string, range?: string) =>
    call(async (sdk, client, options, deadline) => {
      try {
        const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...(range && { Range: range }) })
        const answer = await client.send(command, options)
        const etag = etagOf(key, answer)
        const chunks: Uint8Array[] = []
        const hash = createHash('md5')
        // Node's own stream, since this is Node.
        for await (const chunk of answer.Body as Readable) {
          deadline.allow(patience.answer)
          hash.update(chunk as Uint8Array)
          chunks.push(chunk as Uint8Array)
        }
        const md5 = hash.digest('hex')
        const named = !sealed.isSealed(answer) || answer.Metadata?.[MD5_NAME] === etag
        if (range === undefined && named && /^[0-9a-f]{32}$/.test(etag) && md5 !== etag)
          throw new StoreFault('mismatch', `The bucket ${where} sent other bytes of ${key} than it keeps.`)
        if (range === undefined) sealed.learn(key, answer, md5)
        return Buffer.concat(chunks)
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return null
        throw error
      }
    })

  async function bytesOf(body: ObjectBody): Promise<Uint8Array> {
    if ('bytes' in body) return body.bytes
    return readFile(body.path).catch((cause: unknown) => {
      throw new StoreFault('folder', `A published file cannot be read: ${body.path}.`, { cause })
    })
  }

  return {
    name: where,
    id: `${endpoint} ${bucket}`,
    get conditions() {
      return conditions
    },

    async put(key, body, headers, signal, { only, pace } = {}) {
      checkKey(key)
      const bytes = await bytesOf(body)
      const hash = createHash('md5').update(bytes).digest()
      const md5 = hash.toString('hex')
      return call(
        async (sdk, client, options, deadline) => {
          const input: Sdk.PutObjectCommandInput = {
            Bucket: bucket,
            Key: key,
            Body: bytes,
            ContentLength: bytes.length,
            ContentMD5: hash.toString('base64'),
            Metadata: { [MD5_NAME]: md5 },
            ContentType: headers.contentType,
            CacheControl: headers.cacheControl,
          }
          const send = async (condition: boolean) => {
            const paced = pace ? paceBody(bytes, pace, deadline, patience) : null
            const command = new sdk.PutObjectCommand({
              ...input,
              ...(paced && { Body: paced }),
              ...(condition &&
                only &&
                (only.etag === null
                  ? { IfNoneMatch: '*' }
                  : { IfMatch: `"${sealed.serverTag(key, only.etag)}"` })),
            })
            if (paced) signBytes(command, bytes)
            return { etag: etagOf(key, await client.send(command, options), md5) }
          }
          if (!only || conditions === false) return send(false)
          try {
            return await send(true)
          } catch (error) {
            if (statusOf(error) === 412) conditions = true
            if (!isUnknown(error)) throw error
            // A server that knows no conditions; there are some.
            conditions = false
            return send(false)
          }
        },
        bytes.length,
        signal,
      )
    },

    async head(key) {
      checkKey(key)
      const found = await call(async (sdk, client, options) => {
        try {
          const answer = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }), options)
          return { bytes: answer.ContentLength ?? 0, etag: etagOf(key, answer) }
        } catch (error) {
          const status = statusOf(error) ?? 0
          if (status >= 400 && status < 500 && status !== 429) return null
          throw error
        }
      })
      // The answer to HEAD has no body: a missing bucket, or any other server, says 404 too. GET distinguishes them.
      if (found === null && (await get(key, 'bytes=0-0')) !== null)
        throw new StoreFault('busy', sayFault('busy', where))
      return found
    },

    async get(key) {
      checkKey(key)
      return get(key)
    },

    async *list(prefix) {
      checkPrefix(prefix)
      for (let next: string | undefined, more = true; more;) {
        const answer = await call((sdk, client, options) =>
          client.send(
            new sdk.ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(next !== undefined && { ContinuationToken: next }),
            }),
            options,
          ),
        )
        // A web page can be read as a list of nothing.
        if (answer.Name !== bucket) throw new StoreFault('portal', sayFault('portal', where))
        for (const { Key, Size, ETag } of answer.Contents ?? [])
          if (Key !== undefined)
            yield { key: Key, bytes: Size ?? 0, ...(ETag && { etag: ETag.replaceAll('"', '') }) }
        next = answer.NextContinuationToken
        more = answer.IsTruncated === true && next !== undefined
      }
    },

    async remove(key) {
      checkKey(key)
      await call((sdk, client, options) =>
        client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }), options),
      )
    },

    close() {
      void loaded?.then(({ client }) => client.destroy())
      loaded = undefined
    },
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode
}

/** A server that does not know the condition says so, or that it does not know the header. */
function isUnknown(error: unknown): boolean {
  const name = error instanceof Error ? error.name : ''
  return statusOf(error) === 501 || name === 'NotImplemented'
}

/** The SDK cannot hash a body that it does not have yet; we can. */
function signBytes(
  command: { middlewareStack: { add: (...all: never[]) => void } },
  bytes: Uint8Array,
): void {
  const hash = createHash('sha256').update(bytes).digest('hex')
  const add = command.middlewareStack.add as unknown as (
    middleware: (
      next: (args: unknown) => unknown,
    ) => (args: { request: { headers: Record<string, string> } }) => unknown,
    options: { step: 'build'; name: string },
  ) => void
  add(
    (next) => (args) => {
      args.request.headers['x-amz-content-sha256'] = hash
      return next(args)
    },
    { step: 'build', name: 'hashOfPacedBody' },
  )
}

function paceBody(
  bytes: Uint8Array,
  pace: (bytes: number) => Promise<void>,
  deadline: Deadline,
  { answer, slowest }: Patience,
): Readable {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const chunk = bytes.subarray(at, at + CHUNK)
      deadline.hold()
      await pace(chunk.length)
      // What the system has taken may still be on its way, all of it.
      deadline.allow(answer + ((at + chunk.length) / slowest) * 1000)
      yield chunk
    }
  }
  const stream = Readable.from(chunks(), { objectMode: false, highWaterMark: CHUNK })
  // Given up, the request says so itself; nobody is left then to hear it from the body.
  stream.on('error', () => undefined)
  return stream
}
