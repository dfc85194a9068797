import { describe, expect, test } from 'vitest'
import { createRedaction, type Known } from '../../daemon/views/log/redaction.ts'

const KNOWN: Known = {
  secrets: ['481516', 'k'.repeat(20), 'AccessKey9'],
  folders: [
    ['/Users/ann lee/Live Event Photography', '<data>'],
    ['/Users/ann lee', '<home>'],
    ['/Volumes/Ann SSD/in', '<watched folder>'],
  ],
  names: [
    ['Ann & Bob', '<event>'],
    ['Ann', '<device>'],
    ['婚禮 2026', '<event>'],
    ['ann-bob-k7qp', '<event>'],
    ['R5 of Ann', '<camera>'],
    ['studio-bucket', '<bucket>'],
  ],
  isFile: (name) => name === 'Bride and groom.jpg',
}
const { forStrangers, withoutSecrets } = createRedaction(KNOWN)

/** What must not be in what a stranger reads, in the line that has it. */
const PERSONAL: readonly (readonly [what: string, line: string, ...gone: string[]])[] = [
  ['LAN address', 'from 192.168.1.23:8000', '192.168.1.23'],
  ['public address', '"remoteAddress":"203.0.113.77"', '113.77'],
  ['IPv6', 'from 2001:db8:1:2:3:4:5:6 port', 'db8'],
  ['short IPv6', 'from fe80::1c2d:3e4f%en0 port', '1c2d'],
  ['mapped IPv4', 'from ::ffff:192.168.1.23', '1.23'],
  ['hardware address', 'card a4:83:e7:01:02:03 there', '83:e7'],
  ['event', 'The end of Ann & Bob', 'Ann', 'Bob'],
  ['event in an address', 'GET /photo/events/Ann%20%26%20Bob.json', 'Bob'],
  ['Chinese event', '活動婚禮 2026結束', '婚禮'],
  ['slug', 'poke ann-bob-k7qp failed', 'bob'],
  ['device', 'Device Ann was paired', 'Ann'],
  ['camera', 'R5 of Ann was lost', 'R5 of'],
  ['photo', 'Moving IMG_1234.JPG back failed', '1234'],
  ['photo with a double ending', 'IMG_1.JPG.xmp is not read', 'IMG_1'],
  ['photo of a RAW', 'Taking DSC0001.NEF failed', 'DSC0001'],
  ['Chinese photo', '照片 新娘.jpg 不見了', '新娘'],
  ['photo with blanks', 'The full size of Bride and groom.jpg was not made', 'Bride', 'groom'],
  ['photo in quotes', '"Kiss of X.jpg" is not whole', 'Kiss'],
  ['photo in a folder', 'ENOENT: /Volumes/Trip to Y/DCIM/My pic.jpg gone', 'Trip', 'My pic'],
  ['home', 'open /Users/ann lee/x failed', 'ann lee'],
  ['other home', 'open /home/carol/.config', 'carol'],
  ['home with a blank', 'open /Users/Carol D/x', 'Carol', ' D/'],
  ['Windows home', 'C:\\Users\\carol\\x', 'carol'],
  ['disk', 'watch /Volumes/Carol SSD/in', 'Carol'],
  ['serial', '{"serial":"012345678901"}', '012345678901'],
  ['spoken serial', 'serial number 042021001', '042021001'],
  ['words of a guest', 'asked: "I am Dana and crying"', 'Dana'],
  ['typed Chinese', '有人寫「我是小美」', '小美'],
  ['e-mail', 'to dana@example.org', 'dana', 'example'],
  ['computer', 'Anns-Mac.local answers', 'Anns-Mac'],
  ['address of a bucket', 'PUT https://abc123.r2.cloudflarestorage.com/studio-bucket/x', 'abc123', 'studio'],
  ['bucket', 'studio-bucket does not take files', 'studio'],
]
/** What opens something: hidden from everybody. */
const SECRETS: readonly (readonly [what: string, line: string, ...gone: string[]])[] = [
  ['pairing code', 'Code for pairing: 1234 5678', '1234'],
  ['pairing code at once', 'code=12345678', '12345678'],
  ['pairing key', 'http://10.0.0.2:8000/pair#pair=Qm9iQm9i', 'Qm9i'],
  ['PIN', 'PIN: 4821 was wrong', '4821'],
  ['known PIN', 'tried 481516 again', '481516'],
  ['known key', `with ${'k'.repeat(20)}`, 'kkkk'],
  ['access key', 'AccessKey9 is refused', 'AccessKey9'],
  ['AWS key', 'AKIAIOSFODNN7EXAMPLE is refused', 'IOSFODNN'],
  ['secret in JSON', '{"secret_access_key":"wJalr/bPx+K"}', 'wJalr'],
  ['token in JSON', '{"purge_token": "abc.def"}', 'abc.def'],
  ['password', "password='hunter two'", 'hunter', 'two'],
  ['cookie', 'cookie: lep_device=AAAA; other=BBBB', 'AAAA', 'BBBB'],
  ['cookie in JSON', '{"set-cookie":"__Host-lep_device=CCCC; Path=/"}', 'CCCC'],
  ['cookie alone', 'had lep_pin=DDDD', 'DDDD'],
  ['authorization', 'Authorization: Bearer abcdef', 'abcdef'],
  ['bearer', 'sent Bearer abc-def_1', 'abc-def'],
  ['signed request', 'AWS4-HMAC-SHA256 Credential=AKIDX/2026/auto, Signature=abcdef01', 'AKIDX', 'abcdef01'],
  ['signed address', 'https://x.example/a?X-Amz-Signature=abc&Expires=1', 'abc', 'Amz'],
  ['name and password in an address', 'https://dana:pass@x.example/', 'dana', 'pass@'],
  ['hash', `etag ${'0a'.repeat(16)}`, '0a0a'],
  ['random letters', 'key Zm9vYmFyQmF6UXV4MTIzNDU2Nzg5MA', 'Zm9v'],
  ['JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc', 'eyJz'],
  ['private key', '-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----', 'MHcC'],
]

describe('a stranger does not read', () => {
  test.each([...PERSONAL, ...SECRETS])('%s', (_, line, ...gone) => {
    // The control: it is there before.
    for (const part of gone) expect(line.includes(part) || decodeURIComponent(line).includes(part)).toBe(true)
    for (const part of gone) expect(forStrangers(line)).not.toContain(part)
  })
})

describe('nobody reads', () => {
  test.each(SECRETS)('%s', (_, line, ...gone) => {
    for (const part of gone) expect(withoutSecrets(line)).not.toContain(part)
  })
})

test.each([
  'an upload failed',
  'The HTTPS listener failed at 09:41:07 on port 8443',
  'Error: EADDRINUSE: address already in use 127.0.0.1:8000',
  'at async folderOf (<program>/daemon/catalog/store/journal.ts:202:7)',
  'Node v26.10.0, 10000 photos, 2026-01-20T21:00:00.000Z',
  'ENOSPC: no space left on device, write',
  'darkroom: a worker was lost and replaced',
  '活動已暫停',
])('what happened stays to be read: %s', (line) => {
  expect(forStrangers(line)).toBe(line)
})

test('the owner still reads names', () => {
  expect(withoutSecrets('Moving IMG_1.JPG of Ann & Bob from 192.168.1.23')).toBe(
    'Moving IMG_1.JPG of Ann & Bob from 192.168.1.23',
  )
})

test('a name with signs of its own is taken literally, and a mark as well', () => {
  const odd = createRedaction({ ...KNOWN, names: [['(a+b)$&.*', '<event>']], secrets: ['$1'] })
  expect(odd.forStrangers('x (a+b)$&.* y $1')).toBe('x <event> y <hidden>')
})

test('a long line does not hold up the program', () => {
  const long = `${'a.'.repeat(20_000)} ${'/Users/'.repeat(2000)} ${'"'.repeat(4000)} ${'secret'.repeat(3000)} ${'::a'.repeat(5000)} ${'1.'.repeat(9000)}`
  expect(forStrangers(long).length).toBeGreaterThan(0)
}, 5000)
