import sharp from 'sharp'
import { expect, it } from 'vitest'
import { prepare } from '../../../daemon/darkroom/pixels/picture.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

const svg = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>',
)

it('closes every parser but those of the pictures that we take', async () => {
  const formats = ['jpeg', 'png', 'webp', 'tiff', 'avif'] as const
  const jpeg = await makeJpeg()
  const gif = await sharp(jpeg).gif().toBuffer()
  const ours = await Promise.all(formats.map((format) => sharp(jpeg).toFormat(format).toBuffer()))
  // The control: before, both are read.
  expect((await sharp(svg).metadata()).format).toBe('svg')
  expect((await sharp(gif).metadata()).format).toBe('gif')

  prepare()
  await expect(sharp(svg).metadata()).rejects.toThrow('unsupported')
  await expect(sharp(gif).metadata()).rejects.toThrow('unsupported')
  for (const bytes of ours) expect((await sharp(bytes).metadata()).width).toBe(600)
})
