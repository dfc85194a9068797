import type { Check } from './check.ts'
import { addresses } from './checks/addresses.ts'
import { bucket } from './checks/bucket.ts'
import { calls } from './checks/calls.ts'
import { camera } from './checks/camera.ts'
import { catalog } from './checks/catalog.ts'
import { cdn } from './checks/cdn.ts'
import { certificate } from './checks/certificate.ts'
import { clock } from './checks/clock.ts'
import { data } from './checks/data.ts'
import { diskRoom } from './checks/disk-room.ts'
import { diskSpeed } from './checks/disk-speed.ts'
import { firewall } from './checks/firewall.ts'
import { folders } from './checks/folders.ts'
import { fonts } from './checks/fonts.ts'
import { libgphoto2 } from './checks/libgphoto2.ts'
import { localNetwork } from './checks/local-network.ts'
import { node } from './checks/node.ts'
import { pages } from './checks/pages.ts'
import { permissions } from './checks/permissions.ts'
import { ports } from './checks/ports.ts'
import { power } from './checks/power.ts'
import { publicRead } from './checks/public.ts'
import { reader } from './checks/reader.ts'
import { rehearsed } from './checks/rehearsed.ts'
import { spill } from './checks/spill.ts'
import { uplink } from './checks/uplink.ts'
import { usb } from './checks/usb.ts'

/** Every check, in the order in which it is shown: what everything else needs first. */
export const ALL_CHECKS: readonly Check[] = [
  data, catalog, folders, permissions, diskRoom, spill, diskSpeed, node, libgphoto2, camera, usb, reader, fonts, power, ports,
  addresses, localNetwork, firewall, certificate, clock, bucket, uplink, publicRead, cdn, pages, calls,
  rehearsed,
] // prettier-ignore
