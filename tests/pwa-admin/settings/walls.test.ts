import { expect, test } from 'vitest'
import { WALL_DEFAULTS } from '../../../daemon/contract/wall.ts'
import WallForm from '../../../pwa-admin/settings/walls/WallForm.vue'
import { useMounting } from '../mounting.ts'

const show = useMounting()

test('from how many photos on there is a mosaic is said beside the choice, as long as there are fewer', () => {
  const open = (live: number) => show(WallForm, { props: { settings: WALL_DEFAULTS, hasLogo: false, live } })
  expect(open(15).of('wall-few')[0]!.text()).toContain('begins with 16 published photos; now there are 15')
  expect(open(16).of('wall-few')).toHaveLength(0)
})
