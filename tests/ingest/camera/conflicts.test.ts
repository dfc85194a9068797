import { expect, test } from 'vitest'
import { openCamera } from '../../../daemon/ingest/camera/opening.ts'
import { CameraFault, FAULT, type Camera } from '../../../daemon/ingest/camera/port.ts'
import { createCameraConflicts } from '../../../daemon/ingest/camera/conflicts.ts'
import { troubleOf } from '../../../daemon/ingest/camera/trouble.ts'

const never = new AbortController().signal
const claimed = () => new CameraFault(FAULT.usbClaim, 'open', 'could not claim the usb device')
const address = { model: 'Canon EOS R5', port: 'usb:001,004' }

function machine(platform: NodeJS.Platform, table: string) {
  const ran: string[] = []
  const conflicts = createCameraConflicts({
    platform,
    user: '501',
    run: async (command, args) => {
      ran.push([command, ...args].join(' '))
      return command === 'ps' ? table : ''
    },
  })
  return { conflicts, ran }
}

test('a helper of the Mac that holds the camera is ended, and the open is tried again at once', async () => {
  const { conflicts, ran } = machine('darwin', '')
  let tries = 0
  const camera = {} as Camera
  const open = async () => {
    tries += 1
    if (tries < 3) throw claimed()
    return camera
  }
  expect(await openCamera({ open }, conflicts, address, never)).toBe(camera)
  expect(ran.filter((one) => one.includes('ptpcamerad'))).toHaveLength(2)
  expect(ran.filter((one) => one.includes('mscamerad-xpc'))).toHaveLength(2)
  expect(ran.every((one) => one.includes('-u 501'))).toBe(true)
})

test('a camera that stays held is given back as it is, after a few tries', async () => {
  const { conflicts } = machine('linux', '')
  let tries = 0
  const open = async () => {
    tries += 1
    throw claimed()
  }
  await expect(openCamera({ open }, conflicts, address, never)).rejects.toMatchObject({
    code: FAULT.usbClaim,
  })
  expect(tries).toBe(4)
})

test('any other fault ends nobody', async () => {
  const { conflicts, ran } = machine('darwin', '')
  const open = async () => {
    throw new CameraFault(FAULT.io, 'open', 'i/o problem')
  }
  await expect(openCamera({ open }, conflicts, address, never)).rejects.toMatchObject({ code: FAULT.io })
  expect(ran).toEqual([])
})

test('names the programs that a person has to quit, and only those that run', async () => {
  const { conflicts } = machine(
    'darwin',
    '/System/Applications/Photos.app/Contents/MacOS/Photos\n/Applications/PhotosLike.app/x\n/usr/sbin/cfprefsd',
  )
  expect(await conflicts.running()).toEqual(['Photos'])
  expect(troubleOf(claimed(), await conflicts.running())).toEqual({
    code: 'held',
    message: 'Another program holds the camera. Quit Photos.',
    holders: ['Photos'],
  })
  const linux = machine('linux', '/usr/bin/digikam\n/usr/bin/python3 darktable-notes.py')
  expect(await linux.conflicts.running()).toEqual(['digikam'])
})

test('without a name it tells the usual ones', () => {
  expect(troubleOf(claimed()).message).toContain('Photos, Image Capture, Preview or Lightroom')
})
