/** What the finest detail is divided by, the last two numbers of a JPEG's first table (ITU T.81, B.2.4.1). */
const LAST_OF_TABLE = 67

/** Another picture for each number, as two presses of a shutter never give the same. */
function anotherPicture(jpeg: Buffer, n: number): Buffer {
  const other = Buffer.from(jpeg)
  const table = other.indexOf(Buffer.of(0xff, 0xdb))
  other[table + LAST_OF_TABLE] = 1 + (n % 250)
  other[table + LAST_OF_TABLE + 1] = 1 + (Math.floor(n / 250) % 250)
  return other
}

/** A JPEG with a small one of its own in its EXIF block, as cameras write them; another number is another picture. */
export function withThumbnail(jpeg: Buffer, small: Buffer, n: number): Buffer {
  const head = Buffer.alloc(56)
  head.write('MM\0*\0\0\0\x08', 'latin1')
  const entry = (at: number, tag: number, type: number, value: number) => {
    head.writeUInt16BE(tag, at)
    head.writeUInt16BE(type, at + 2)
    head.writeUInt32BE(1, at + 4)
    if (type === 3) head.writeUInt16BE(value, at + 8)
    else head.writeUInt32BE(value, at + 8)
  }
  head.writeUInt16BE(1, 8)
  entry(10, 0x0112, 3, 1)
  head.writeUInt32BE(26, 22)
  head.writeUInt16BE(2, 26)
  entry(28, 0x0201, 4, 56)
  entry(40, 0x0202, 4, small.length)
  const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), head, small, Buffer.from(String(n))])
  const marker = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0])
  marker.writeUInt16BE(block.length + 2, 4)
  return Buffer.concat([marker, block, anotherPicture(jpeg, n).subarray(2)])
}
