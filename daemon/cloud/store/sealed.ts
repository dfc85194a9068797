/** What an answer about an object says of its bytes. The SDK's outputs have this shape. */
export interface ObjectAnswer {
  readonly ETag?: string | undefined
  readonly Metadata?: Readonly<Record<string, string>> | undefined
  /** `AES256`, `aws:kms`, `aws:kms:dsse`. */
  readonly ServerSideEncryption?: string | undefined
  readonly SSEKMSKeyId?: string | undefined
  /** The server was given a key of the client's. */
  readonly SSECustomerAlgorithm?: string | undefined
}

/** The name of the metadata in which an object carries the MD5 of its bytes. */
export const MD5_NAME = 'md5'

const MD5 = /^[0-9a-f]{32}$/

/** The ETags of a bucket as MD5s. With keys of its own a bucket's ETag is of what lies encrypted there; the MD5 is then
 * what the server checked when the bytes came (Content-MD5), which the object carries along. */
export interface Sealed {
  /** @param sent the MD5 that came with the bytes, where this is the answer to a put
   *  @returns the MD5, or whatever the server says in its place; undefined when it says nothing */
  etagOf(key: string, answer: ObjectAnswer, sent?: string): string | undefined
  /** Whether an ETag says nothing of the bytes. */
  isSealed(answer: ObjectAnswer): boolean
  /** Bytes were read: their MD5 is known now. */
  learn(key: string, answer: ObjectAnswer, md5: string): void
  /** What the server itself compares with, for an object with this MD5. */
  serverTag(key: string, md5: string): string
}

export function createSealed(): Sealed {
  /** The server's own ETags of objects that are not known by their MD5, by key. */
  const tags = new Map<string, { md5: string; tag: string }>()
  const tagOf = ({ ETag }: ObjectAnswer) => ETag?.replaceAll('"', '') || undefined
  const isSealed = (answer: ObjectAnswer) =>
    /^aws:kms/.test(answer.ServerSideEncryption ?? '') ||
    answer.SSEKMSKeyId !== undefined ||
    answer.SSECustomerAlgorithm !== undefined

  function note(key: string, tag: string, md5: string): string {
    if (tag === md5) tags.delete(key)
    else tags.set(key, { md5, tag })
    return md5
  }

  return {
    isSealed,
    etagOf(key, answer, sent) {
      const tag = tagOf(answer)
      if (tag === undefined || !isSealed(answer)) return tag
      const md5 = sent ?? answer.Metadata?.[MD5_NAME]
      return md5 !== undefined && MD5.test(md5) ? note(key, tag, md5) : tag
    },
    learn(key, answer, md5) {
      const tag = tagOf(answer)
      if (tag !== undefined && isSealed(answer)) note(key, tag, md5)
    },
    serverTag(key, md5) {
      const known = tags.get(key)
      return known?.md5 === md5 ? known.tag : md5
    },
  }
}
