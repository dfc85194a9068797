/** What the computer itself lacks, and what to do about it. */
export const computer = {
  catalog_unusable: [
    'The catalog is missing, damaged, older than its photo folders, or belongs to others.',
    'At the computer, open the page that the program shows in the place of the app, and press Rebuild.',
  ],
  disk_full: [
    'The disk has no room for what was asked.',
    'Make room, or empty the trash. Unpublishing still works.',
  ],
  disk_tight: [
    'The disk is nearly full. The cache was emptied for the photos that come.',
    'Delete or move something on that disk, empty the trash, or choose folders on another disk (More > Folders).',
  ],
  disk_soon_full: [
    'Photos, or another program, fill the disk at this pace.',
    'Make room, or choose folders on another disk (More > Folders).',
  ],
  disk_reserve: [
    'The disk of the data folder is full; a reserve keeps unpublishing possible.',
    'Make room: empty the trash, move other files away, or move the folders under More > Folders.',
  ],
  disk_read_only: [
    'The disk was locked, or the system made it read-only after errors.',
    'Unlock or repair it with the system’s disk tool.',
  ],
  disk_failing: [
    'The system could not read from a disk, or write to it.',
    'Try again. If it stays, look at the disks; with a second copy (More > Second copy) every photo is on another one too.',
  ],
  data_read_only: [
    'The disk was locked, or the system made it read-only after errors.',
    'Unlock or repair it with the system’s disk tool. The gallery goes on meanwhile.',
  ],
  may_sleep: [
    'Neither caffeinate (Mac) nor a systemd inhibitor (Linux) could be started.',
    'Set the computer never to sleep in its settings until the event is over.',
  ],
  battery_low: ['It runs without mains.', 'Plug it in.'],
  on_battery: ['It runs without mains, which does not carry an evening.', 'Plug it in.'],
  lid_closed: [
    'A closed computer without mains sleeps, whatever keeps it awake.',
    'Open the lid, or plug it in.',
  ],
  slept: [
    'The lid was closed, the battery ran out, or somebody put it to sleep.',
    'Nothing has to be done: cards, cameras, folders and what waited were looked through. Plug it in and leave the lid open.',
  ],
  clock_forward: [
    'Somebody or the system set the clock.',
    'Look whether the time is right now, and set it to automatic. Waiting does not go by this clock.',
  ],
  clock_back: [
    'Somebody or the system set the clock.',
    'Look whether the time is right now, and set it to automatic. Waiting does not go by this clock.',
  ],
  address_changed: [
    'The router gave the computer another address, or it joined another network.',
    'Scan the code under More > Connect again on devices that do not come back, and print the guests’ cards anew where they show this address.',
  ],
  network_lost: [
    'The Wi-Fi or the cable is gone.',
    'Join the Wi-Fi again, or start a router of your own or a phone’s hotspot. Camera and card go on meanwhile.',
  ],
  unknown_setting: [
    'daemon.json has a key that this version does not know: misspelt, or of another version.',
    'Correct or remove it.',
  ],
  unknown_variable: [
    'A variable begins with LEP_ but is none of this program’s.',
    'Correct or remove it where it is set.',
  ],
  bucket_incomplete: [
    'Some of the LEP_S3_… variables are set and others are not.',
    'Set all four, or none and use More > Cloud.',
  ],
  bucket_unfit: [
    'One of the LEP_S3_… variables cannot be right.',
    'Correct it, or take them away and use More > Cloud.',
  ],
  tls_open: [
    'A copy or a backup changed the file’s mode.',
    'Run: chmod 600 "<data>/config/tls/authority.pem", then start again.',
  ],
  tls_damaged: [
    'The files were edited, cut short, or do not belong together.',
    'Put config/tls back from a backup made with --keys. Without one remove the folder, start again, and set every device up anew.',
  ],
  tls_lost: [
    'Files of config/tls were removed.',
    'Put config/tls back from a backup made with --keys. Without one remove the folder, start again, and set every device up anew.',
  ],
  tls_clock: [
    'By this computer’s clock its certificates are not valid yet.',
    'Set date and time to automatic.',
  ],
  tls_over: [
    'The authority has ended, or the clock is years ahead.',
    'Look at the clock first. Else remove config/tls, start again, and set every device up anew.',
  ],
  port_in_use: [
    'Another program, or a second start of this one, listens there.',
    'Quit it, or start with --https-port 8444.',
  ],
} as const
