import { readFile } from 'node:fs/promises'
import { beforeAll, expect, it } from 'vitest'
import type { Affine } from '../../../daemon/contract/recipe.ts'
import { latticeOf, NEUTRAL, parseCube, throughLut, toneTables } from '../../../daemon/contract/recipe.ts'
import { createKernel } from '../../../daemon/darkroom/pixels/kernel.ts'
import { sharpen, tone, type Raster } from '../../../daemon/darkroom/pixels/pixels.ts'
import { warp } from '../../../daemon/darkroom/pixels/warp.ts'
import { cubeOf } from '../../fixtures/photos/cube.ts'
import { compileKernel } from '../../../scripts/kernel.ts'

const kernel = createKernel()
const plain = toneTables(NEUTRAL)
let noise: Raster
beforeAll(() => {
  const data = new Uint8Array(67 * 43 * 3).map((_, i) => Math.imul(i + 7, 0x9e3779b1) >>> 24)
  noise = { width: 67, height: 43, data }
})

function rotation(degrees: number, scale = 1): Affine {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return { a: cos * scale, b: sin * scale, c: -sin * scale, d: cos * scale, e: -6.3, f: 4.7 }
}

it('is made of its source', async () => {
  const made = await readFile(new URL('../../../daemon/darkroom/pixels/kernel.wasm', import.meta.url))
  expect(Buffer.from(await compileKernel()).equals(made)).toBe(true)
})

it.each([0, 2.5, -10, 90, 187])('warps by %d degrees to the byte as the plain loops do', (degrees) => {
  for (const scale of [1, 1.4]) {
    const from = rotation(degrees, scale)
    // Much of this lies beyond the old picture's edges.
    expect(kernel.warp(noise, from, 80, 50, plain).data).toEqual(warp(noise, from, 80, 50).data)
  }
})

it('looks the tones up as it goes', () => {
  const tables = toneTables({ exposure: 0.7, contrast: 0.3, warmth: -0.5 })
  const expected = warp(noise, rotation(3), 40, 30)
  tone(expected, tables)
  expect(kernel.warp(noise, rotation(3), 40, 30, tables).data).toEqual(expected.data)
})

it('looks colours up in a LUT to the byte as the plain loops do', () => {
  for (const [size, domain] of [
    [2, ''],
    [17, 'DOMAIN_MIN -0.2 0 0\nDOMAIN_MAX 1 1.5 1'],
    [33, ''],
  ] as const) {
    const lut = parseCube(cubeOf(size, (r, g, b) => [1 - r * g, g ** 2, (r + b) / 2], domain))
    if ('code' in lut) throw new Error(lut.message)
    const lattice = latticeOf(lut)
    const expected = warp(noise, rotation(3), 40, 30)
    throughLut(lattice, expected.data, 3)
    const warped = kernel.warp(noise, rotation(3), 40, 30, plain)
    const found = kernel.lut(warped, lattice)
    expect(found.data.byteOffset).toBe(warped.data.byteOffset)
    expect(found.data).toEqual(expected.data)
    // A picture from elsewhere, too.
    const data = noise.data.slice()
    throughLut(lattice, data, 3)
    expect(kernel.lut(noise, lattice).data).toEqual(data)
  }
})

it.each([0, 0.4, 0.5])('sharpens by %d to the byte as the plain loops do', (amount) => {
  for (const [width, height] of [
    [67, 43],
    [5, 9],
    [1, 1],
    [16, 2],
  ] as const) {
    const part = { width, height, data: noise.data.slice(0, width * height * 3) }
    expect(kernel.sharpen(part, amount)).toEqual(sharpen(part, amount))
  }
  const much = kernel.sharpen(noise, 0.4).data.slice()
  expect(kernel.sharpen(noise, 0.1).data).not.toEqual(much)
})

it('keeps a warped picture while it sharpens that and smaller ones', () => {
  const kernel = createKernel()
  const expected = warp(noise, rotation(3), 300, 200)
  const warped = kernel.warp(noise, rotation(3), 300, 200, plain)
  const sharpened = kernel.sharpen(warped, 0.4)
  expect(sharpened.data).toEqual(sharpen(expected, 0.4).data)
  expect(kernel.sharpen(sharpened, 0.4).data).toEqual(sharpen(sharpen(expected, 0.4), 0.4).data)
  expect(kernel.sharpen(noise, 0.4)).toEqual(sharpen(noise, 0.4))
  expect(warped.data).toEqual(expected.data)
})

it('grows for a larger picture, which the one before does not outlive', () => {
  const kernel = createKernel()
  const small = kernel.warp(noise, rotation(3), 40, 30, plain)
  const large = kernel.warp(noise, rotation(3), 400, 300, plain)
  expect(large.data).toEqual(warp(noise, rotation(3), 400, 300).data)
  expect(small.data).toHaveLength(0)
})

it('leaves flat areas as they are, and pixels that it looks up exactly', () => {
  const flat = { width: 30, height: 20, data: new Uint8Array(1800).fill(201) }
  expect(new Set(kernel.sharpen(flat, 0.5).data)).toEqual(new Set([201]))
  expect(new Set(kernel.warp(flat, rotation(7), 30, 20, plain).data)).toEqual(new Set([201]))
  expect(kernel.warp(noise, { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, 67, 43, plain)).toEqual(noise)
})

it('looks between pixels: half a pixel aside is another picture', () => {
  const shifted = kernel.warp(noise, { a: 1, b: 0, c: 0, d: 1, e: 0.5, f: 0 }, 67, 43, plain)
  expect(shifted.data).not.toEqual(noise.data)
})
