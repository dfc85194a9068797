import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const FOLDER = new URL('../daemon/darkroom/pixels/', import.meta.url)

/** `kernel.wat` as the bytes of `kernel.wasm`. */
export async function compileKernel(): Promise<Uint8Array> {
  const { parseWat } = await wabt()
  const features = { simd: true }
  const module = parseWat('kernel.wat', await readFile(new URL('kernel.wat', FOLDER), 'utf8'), features)
  try {
    module.resolveNames()
    module.validate()
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(new URL('kernel.wasm', FOLDER), await compileKernel())
