/** The Adobe RGB (1998) colour space as an ICC profile, for cameras that name it and embed none. Primaries and gamma
 * are those of the standard (Adobe RGB (1998) Color Image Encoding, 4.3), adapted to D50 as ICC wants them. */
export function adobeRgbProfile(): Buffer {
  const xyz = (x: number, y: number, z: number) => {
    const bytes = Buffer.alloc(20)
    bytes.write('XYZ ', 'latin1')
    for (const [i, value] of [x, y, z].entries()) bytes.writeInt32BE(Math.round(value * 65_536), 8 + 4 * i)
    return bytes
  }
  const gamma = Buffer.alloc(16)
  gamma.write('curv', 'latin1')
  gamma.writeUInt32BE(1, 8)
  // 2.19921875 in fixed point of eight bits.
  gamma.writeUInt16BE(563, 12)
  const name = 'Adobe RGB (1998)'
  const description = Buffer.alloc(108)
  description.write('desc', 'latin1')
  description.writeUInt32BE(name.length + 1, 8)
  description.write(name, 12, 'latin1')
  const right = Buffer.from('text\0\0\0\0No copyright, use freely\0\0\0\0', 'latin1')
  const tags: [string, Buffer][] = [
    ['desc', description],
    ['cprt', right],
    ['wtpt', xyz(0.95045, 1, 1.08905)],
    ['rXYZ', xyz(0.60974, 0.31111, 0.01947)],
    ['gXYZ', xyz(0.20528, 0.62567, 0.06087)],
    ['bXYZ', xyz(0.14919, 0.06322, 0.74457)],
    ['rTRC', gamma],
    ['gTRC', gamma],
    ['bTRC', gamma],
  ]
  const table = Buffer.alloc(4 + 12 * tags.length)
  table.writeUInt32BE(tags.length)
  let at = 128 + table.length
  tags.forEach(([tag, body], i) => {
    table.write(tag, 4 + 12 * i, 'latin1')
    table.writeUInt32BE(at, 8 + 12 * i)
    table.writeUInt32BE(body.length, 12 + 12 * i)
    at += body.length
  })
  const head = Buffer.alloc(128)
  head.writeUInt32BE(at)
  head.writeUInt32BE(0x02100000, 8)
  head.write('mntrRGB XYZ ', 12, 'latin1')
  head.write('acsp', 36, 'latin1')
  // The illuminant of the connection space, D50.
  for (const [i, value] of [0.9642, 1, 0.8249].entries())
    head.writeInt32BE(Math.round(value * 65_536), 68 + 4 * i)
  return Buffer.concat([head, table, ...tags.map(([, body]) => body)])
}
