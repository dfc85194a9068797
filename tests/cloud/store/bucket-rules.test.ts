import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { macId } from '../../../daemon/cloud/cloud.ts'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { faultOf } from '../../../daemon/cloud/store/s3-faults.ts'
import { md5 } from '../../../daemon/cloud/store/store.ts'
import { useBucket } from '../../fixtures/cloud/bucket.ts'
import { differences, namedIn } from '../../fixtures/cloud/cloud.ts'
import type { Asked, Fault } from '../../fixtures/cloud/faulty.ts'

/** Buckets with rules of their own: encryption, locks, limits. */
const LIVE = new AbortController().signal
const { server, store, open, skip } = useBucket()

describe('a bucket that encrypts with keys of its own', () => {
  const KINDS = [
    ['x-amz-server-side-encryption', 'aws:kms'],
    ['x-amz-server-side-encryption', 'aws:kms:dsse'],
    ['x-amz-server-side-encryption-customer-algorithm', 'AES256'],
  ] as const

  test.each(KINDS)('%s: %s: everything is sent once and known again', async (name, value) => {
    server.sealed = { [name]: value }
    const mac = await open()
    await mac.cloud.start()
    for (const n of [1, 2, 3]) await mac.publish(`IMG_${n}.JPG`)
    await mac.drained()
    expect(mac.cloud.status()).toMatchObject({ trouble: null, code: null })
    const puts = () => server.asked.filter(({ method, key }) => method === 'PUT' && !key.endsWith('.json'))
    expect(puts()).toHaveLength(9)
    // Asked for again, as by a catalog that was rebuilt: they are there.
    mac.cloud.files.sendAll()
    mac.cloud.wake()
    await mac.drained()
    expect(await namedIn(store, mac.house.event.prefix)).toEqual(mac.live())
    await mac.publisher.unpublish(mac.live()[0]!)
    skip(mac)
    await mac.drained()
    expect(await namedIn(store, mac.house.event.prefix)).toEqual(mac.live())
    expect(mac.cloud.status()).toMatchObject({ trouble: null, code: null })
  })

  test('two Macs lose nothing there', async () => {
    server.sealed = { 'x-amz-server-side-encryption': 'aws:kms' }
    const [a, b] = [await open(), await open()]
    await Promise.all([a.cloud.start(), b.cloud.start()])
    for (const n of [1, 2, 3]) await Promise.all([a.publish(`A_${n}.JPG`), b.publish(`B_${n}.JPG`)])
    await a.drained()
    await b.drained()
    expect([...(await namedIn(store, a.house.event.prefix))].sort()).toEqual(
      [...a.live(), ...b.live()].sort(),
    )
  })

  test('a wrong ETag without such a word is believed of nobody', async () => {
    server.fault = ({ method }) => (method === 'PUT' ? 'wrong etag' : undefined)
    const { etag } = await store.put('e/a.jpg', { bytes: Buffer.from('a') }, headersOf('a.jpg'), LIVE)
    expect(etag).not.toBe(md5('a'))
  })

  test('an object that was stored without its MD5 is given back as it is', async () => {
    server.sealed = { 'x-amz-server-side-encryption': 'aws:kms' }
    server.objects.set('e/a.jpg', Buffer.from('a'))
    expect(Buffer.from((await store.get('e/a.jpg'))!).toString()).toBe('a')
    expect((await store.head('e/a.jpg'))?.etag).not.toBe(md5('a'))
  })
})

describe('a bucket with a lock rule', () => {
  const locked = (request: Asked): Fault | undefined =>
    (request.method === 'PUT' && server.objects.has(request.key)) || request.method === 'DELETE'
      ? { status: 409, code: 'ObjectLockedByBucketPolicy' }
      : undefined

  test('is no other Mac: it says so, and waits for a person', async () => {
    const mac = await open()
    await mac.publish()
    await mac.cloud.start()
    await mac.drained()
    server.fault = locked
    await mac.publish()
    await mac.until('the status tells it', () => mac.cloud.status().code === 'locked')
    expect(mac.cloud.status().trouble).toMatch(/lock or retention rule.*until this is put right\.$/)
    server.fault = () => undefined
    mac.house.catalog.uploads.hurry()
    mac.cloud.wake()
    await mac.drained()
    expect(await differences(mac, store)).toEqual([])
  })

  test('what is there with the same bytes is sent', async () => {
    const mac = await open()
    await mac.publish()
    await mac.cloud.start()
    await mac.drained()
    server.fault = ({ method, key }) =>
      method === 'PUT' && /\.(jpg|webp)$/.test(key)
        ? { status: 409, code: 'ObjectLockedByBucketPolicy' }
        : undefined
    mac.cloud.files.sendAll()
    mac.cloud.wake()
    await mac.drained()
    expect(mac.cloud.status()).toMatchObject({ trouble: null, code: null })
  })
})

describe('what will not go by itself never says that it will', () => {
  const fail = (name: string, status: number, message = '') =>
    faultOf(
      Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } }),
      'photos (here)',
    )
  test.each([
    ['ObjectLockedByBucketPolicy', 409, '', 'locked'],
    ['ObjectLocked', 400, '', 'locked'],
    ['AccessDenied', 403, 'Access Denied because object protected by object lock.', 'locked'],
    ['AccessDenied', 403, 'Access Denied', 'rights'],
    ['AccessDenied', 403, 'Cannot upload files, storage cap exceeded.', 'full'],
    ['UnknownConflict', 409, '', 'refused'],
    ['AllAccessDisabled', 403, '', 'account'],
    ['UserSuspended', 403, '', 'account'],
    ['QuotaExceeded', 403, '', 'full'],
    ['XMinioAdminBucketQuotaExceeded', 400, '', 'full'],
    ['InvalidArgument', 400, 'Credential access key has length 20, should be 32', 'keys'],
    ['InvalidArgument', 400, 'Bad metadata', 'refused'],
    ['NotImplemented', 501, '', 'refused'],
  ])('%s %d %s: %s', (name, status, message, code) => {
    expect(fail(name, status, message)).toMatchObject({ code, retry: false })
  })
  test.each([
    ['ConditionalRequestConflict', 409, 'changed'],
    ['OperationAborted', 409, 'busy'],
    ['InternalError', 500, 'busy'],
  ])('%s %d is over by itself: %s', (name, status, code) => {
    expect(fail(name, status)).toMatchObject({ code, retry: true })
  })
  test('a mistake of this program is neither the network’s nor another Mac’s', () => {
    const header = Object.assign(new TypeError('Invalid character'), { code: 'ERR_INVALID_CHAR' })
    expect(faultOf(header, 'here')).toMatchObject({ code: 'ours', retry: false })
    expect(faultOf(new TypeError('x is not a function'), 'here')).toMatchObject({ code: 'ours' })
    // Controls: what the network does is its own.
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    expect(faultOf(reset, 'here')).toMatchObject({ code: 'away', retry: true })
    expect(faultOf(new TypeError('fetch failed', { cause: reset }), 'here').code).not.toBe('ours')
  })
})

test('a catalog that was rebuilt speaks for the same Mac', async () => {
  const mac = await open()
  const { settings } = mac.house.catalog
  const path = join(mac.house.data, 'config', 'mac')
  const before = settings.get('mac')
  const fresh = new Map<string, string>()
  const rebuilt = {
    ...settings,
    get: (key: string) => fresh.get(key),
    set: (key: string, value: string) => void fresh.set(key, value),
  }
  expect(macId(rebuilt, path)).toBe(before)
  expect(fresh.get('mac')).toBe(before)
  // The control: in another data folder it is another one.
  fresh.clear()
  expect(macId(rebuilt, join(mac.house.data, 'elsewhere', 'mac'))).not.toBe(before)
})
