/** How devices reach this computer. */
export const connect = {
  connect: {
    title: 'Connect',
    guests: 'Guests',
    guestsHint: 'Guests scan the code or type the address.',
    assistant: 'Assistant',
    assistantHint: 'Scan, set the device up, then pair it.',
    assistantApp: 'Scan to open the app, then pair the device.',
    public: 'Public, works anywhere',
    publicUntested: 'Public, not tested yet',
    venue: 'This network',
    byName: 'By name',
    alone: 'This computer has no network address yet. Join a Wi-Fi or plug in a cable.',
    print: 'Sheets to print',
    setup: 'Set up this device',
    setupHint: 'With this the app can be installed and goes on when the Wi-Fi drops out.',
    https: {
      off: 'HTTPS is off. The app works in the browser and cannot be installed.',
      on: 'HTTPS works: the app can be installed.',
      trouble: 'HTTPS does not work. The app works in the browser and cannot be installed.',
    },
    cause: {
      tls_open:
        'Others on this computer can read the key. In a terminal run: chmod 600 on config/tls/authority.pem.',
      tls_damaged:
        'The certificates in config/tls are damaged. Put them back from a backup; or remove that folder and start again, then every iPad installs a new profile.',
      tls_lost:
        'The certificates in config/tls are gone. Put them back from a backup; or remove that folder and start again, then every iPad installs a new profile.',
      tls_clock: 'This computer’s clock is wrong. HTTPS goes on by itself once it is right.',
      tls_over: 'The certificates have ended, or this computer’s clock is wrong.',
      port_in_use: 'Another program uses the port. Choose another with --https-port.',
    },
    mark: 'Mark of this computer’s certificate: {mark}',
    taken: 'Another computer here has the name {name}. Use the address, or rename this computer.',
    away: 'The iPad cannot open the address?',
    away1: 'Is it in the same Wi-Fi as this computer?',
    away2:
      'Does this computer’s firewall let others in? On a Mac: System Settings > Network > Firewall; allow incoming connections for node.',
    away3:
      'Many guests’ networks keep devices apart (client isolation): then nothing on the devices helps. Bring a router of your own, or use a phone’s hotspot, and put this computer and the iPad into that.',
  },
}
