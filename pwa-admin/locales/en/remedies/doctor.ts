/** Why each check before an event is made: what goes wrong on the evening when it is not fine. */
export const checks = {
  data: 'Everything is kept in one data folder; with a wrong one an event seems empty.',
  catalog: 'The catalog knows every photo and what was decided about it.',
  folders: 'Each photo folder carries a mark; one without it is another disk, and nothing is written there.',
  permissions: 'Systems keep programs out of disks and cards until somebody allows it.',
  disk_room: 'A full disk takes no more photos. Fewer than 1,500 photos’ room is little for an evening.',
  spill:
    'A photo disk may be pulled in the middle. Then new photos are kept with the data folder, if that has room.',
  disk_speed: 'A slow disk holds up every photo that comes in.',
  node: 'The program needs this version of Node or a newer one.',
  libgphoto2: 'Cameras are spoken to by this library.',
  camera: 'A camera that sleeps, is full or is held elsewhere brings no photos.',
  usb: 'A camera or reader at a slow port needs many times as long.',
  reader: 'Cards are read as soon as they are in.',
  fonts: 'Watermarks and titles need them.',
  power: 'A sleeping computer takes and publishes nothing.',
  ports: 'Devices and guests reach the program by its ports.',
  addresses: 'Devices and guests need an address to come to.',
  local_network:
    'macOS asks whether a program may speak to devices of the network; refused, Wi-Fi cameras cannot be reached.',
  firewall: 'A firewall keeps the iPad and guests out while all looks well on the Mac.',
  certificate: 'Without it the app cannot be installed on an iPad.',
  clock: 'A bucket refuses requests of a wrong clock, and photos get wrong times.',
  bucket: 'Guests elsewhere read the bucket.',
  uplink: 'Photos reach guests elsewhere as fast as the uplink carries them.',
  public: 'The public address has to show the bucket.',
  cdn: 'Caches must not keep what was taken out, nor lists for long.',
  pages: 'The public pages and this program speak one version.',
  rehearsed:
    'A test shot that goes the whole way before the first guest comes finds what no single check sees.',
  calls: 'The free plan answers so many calls a day; then guests who are new see nothing.',
} as const

/** What is said of every check that cannot be made now, and of what is fine. */
export const verdicts = {
  fine: ['Nothing is wrong.', 'Nothing.'],
  unseen: ['It cannot be told now, which is no fault.', 'Check again once what the sentence names is there.'],
} as const
