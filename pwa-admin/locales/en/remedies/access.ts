/** Why a device or a guest was refused, and what to do about it. */
export const access = {
  not_paired: [
    'The device was never paired, was removed, or comes by another address than the one it paired at.',
    'Type a code (More > Pair a device), or ask to come back and have the owner tap Allow.',
  ],
  owner_only: [
    'The role of this device is viewer or editor.',
    'Do it on the Mac, or have the owner change the role under More > Devices.',
  ],
  field_owner_only: [
    'Editors set title and subtitle; everything else of an event is the owner’s.',
    'Do it on the Mac, or have the owner change the role.',
  ],
  editor_only: ['The role of this device is viewer.', 'Have the owner change it under More > Devices.'],
  wrong_host: [
    'The page was opened by a name that this computer does not know as its own, such as a proxy’s.',
    'Open it by the address under More > Connect, or start with --allow-host NAME.',
  ],
  bad_origin: [
    'The page that asks is not one of this computer, or its address has changed.',
    'Open it by the address under More > Connect.',
  ],
  no_such_device: ['It was removed from the list meanwhile.', 'Pair it again.'],
  no_such_access_request: [
    'The request was answered, or it ended.',
    'Ask again on the device, or type a code.',
  ],
  no_device: ['The Mac itself is not a paired device.', 'Nothing: open the app on the Mac by 127.0.0.1.'],
  unknown_device: ['The device was removed, or the data folder is another one.', 'Type a code.'],
  too_many_access_requests: ['Somebody asked many times in a short while.', 'Wait a minute, or type a code.'],
  wrong_code: [
    'Codes hold for two minutes and one device.',
    'Show a new one under More > Pair a device, or by npm run pair.',
  ],
  too_many_tries: [
    'Somebody on the network guesses codes; all typed codes wait in one line.',
    'Scan the QR code, which does not wait; or try again in a few seconds.',
  ],
  wrong_pin: ['The PIN was mistyped, or the owner changed it.', 'Look under More > Event > Who can open it.'],
  too_many_pins: [
    'Twenty wrong PINs in ten minutes from one address. A venue’s guests may share one.',
    'Wait ten minutes, or use mobile data.',
  ],
  too_many_clients: ['Many tabs or devices are connected at once.', 'Close tabs that nobody looks at.'],
  too_many: ['Too many requests in a short time, mostly from a script.', 'Wait a moment.'],
  walls_full: [
    'Two dozen walls are connected, or four of one address, or strangers’ connections have all their room.',
    'Nothing: the wall shows photos without being told what to do. Close walls that nobody looks at.',
  ],
  no_such_wall: [
    'It was closed, or lost the network.',
    'Wait until it is listed again, or choose all walls.',
  ],
  no_walls: [
    'No screen has the wall’s address open.',
    'Open it on the screen: the address is under More > Walls.',
  ],
  guests_full: [
    'Half of the room for strangers’ connections is taken.',
    'Nothing: the page asks every few seconds instead. For many guests use the cloud.',
  ],
  removal_too_soon: ['A guest may ask once in twenty seconds.', 'Wait and ask again.'],
  stopping: ['The program is being stopped or restarted.', 'Wait: the page connects by itself.'],
  not_found: ['The address was mistyped, or the page is older than the program.', 'Reload the page.'],
  bad_request: [
    'The page is older than the program, or a script sent something else.',
    'Reload the page. For scripts see docs/API.md.',
  ],
  no_socket: [
    'A proxy between page and program does not pass WebSockets on.',
    'Open the page by the Mac’s own address, or let the proxy pass Upgrade.',
  ],
  wrong_method: ['A script used another HTTP method than the route has.', 'See docs/API.md.'],
  invalid: ['A value is out of its bounds; the sentence names the field.', 'Correct it and save again.'],
  fault: [
    'The program met an error that it did not expect. What was saved stays.',
    'Try again. If it stays, restart, and report it with the log’s last lines.',
  ],
  https_off: [
    'HTTPS is off (--https-port 0) or has no certificate.',
    'Start with an HTTPS port, and read what More > Connect says.',
  ],
} as const
