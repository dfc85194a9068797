import type { Camera, CameraAddress } from './port.ts'

/** Which body this is, wherever it is plugged in. */
export interface Identity {
  /** The Source's id: the same body has the same one on every port, and after a restart. */
  readonly id: string
  readonly model: string
  readonly serial: string | null
}

/** Canon reports the number on the bottom of the body under a name of its own. */
const SERIALS = ['serialnumber', 'eosserialnumber']

export async function identify(camera: Camera, address: CameraAddress): Promise<Identity> {
  const text = async (name: string) => {
    const value = await camera.getConfigValue(name)
    return typeof value === 'string' && !/^[0\s]*$|^none$/i.test(value) ? value.trim() : null
  }
  let serial: string | null = null
  for (const name of SERIALS) serial ??= await text(name)
  const model = (await text('cameramodel')) ?? address.model
  // A body without a number is distinguished by where it is.
  const id = `camera:${serial ?? `${model}@${address.port}`}`.slice(0, 120)
  return { id, model, serial }
}
