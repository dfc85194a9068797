/** Why a step of the rehearsal failed, and what to do about it. */
export const rehearsal = {
  rehearsal_camera_failed: [
    'No new frame of that camera came within 20 seconds.',
    'Press the shutter once the rehearsal asks for it; look at the camera in the status bar, and at its cable.',
  ],
  rehearsal_take_failed: [
    'The test shot goes into the photo folder like any other; that folder did not take it.',
    'Press _Check now_ and look at the photo folders and the room on the disk.',
  ],
  rehearsal_show_failed: [
    'The device that pressed did not load the picture in time: its page was in the background, or its Wi-Fi is weak.',
    'Keep the page open and in front until it is done, and move closer to the Wi-Fi.',
  ],
  rehearsal_publish_failed: [
    'Making the published picture failed, mostly by the watermark’s file or by a folder.',
    'Publish any photo by hand: the app says what is in the way.',
  ],
  rehearsal_here_failed: [
    'The guests’ address on this network does not answer with the file: another address, a port that is taken, or a firewall.',
    'Press _Check now_ and look at addresses, ports and the firewall.',
  ],
  rehearsal_upload_failed: [
    'The bucket did not take the file.',
    'More > Cloud, then _Test_: it says which right or setting is missing.',
  ],
  rehearsal_public_failed: [
    'The public address belongs to another bucket, or the guests’ pages are not deployed.',
    'See that both addresses under More > Cloud belong to this bucket, then run `npm run deploy`.',
  ],
  rehearsal_remove_failed: [
    'The disk with the photo folders went in the middle of it.',
    'Connect the disk again. The next rehearsal, or start, removes the test shot.',
  ],
  rehearsal_gone_failed: [
    'The bucket’s keys may not delete, or a cache on the way still keeps the file.',
    'Allow deleting for the keys, and set a purge token under More > Cloud; then rehearse again.',
  ],
  rehearsal_not_reached: [
    'Each step needs the one before it.',
    'Do what the failed step says, then rehearse again.',
  ],
  rehearsal_late: [
    'The step did not end within its time.',
    'Look at what the step is about, the network most of all, and rehearse again.',
  ],
  rehearsal_pin: [
    'A private event gives its files to nobody who has not entered its PIN, and the rehearsal does not.',
    'Nothing has to be done; open the guests’ link once with a phone to see it.',
  ],
  rehearsal_no_bucket: [
    'Without a bucket there is nothing to send.',
    'Nothing, or set up the cloud under More > Cloud.',
  ],
  rehearsal_no_public: [
    'Without a public address nobody on the internet finds the gallery.',
    'Enter the gallery’s address under More > Cloud.',
  ],
  rehearsal_answers: [
    'Something else answers at this address, or the file is not there.',
    'Open the address in a browser and see who answers; compare it with More > Cloud.',
  ],
  rehearsal_other_bytes: [
    'Something on the way changes pictures, such as an image optimiser of the domain.',
    'Turn such optimisers off for this domain.',
  ],
  rehearsal_still_there: [
    'A cache on the way keeps what was taken out.',
    'Set a purge token under More > Cloud.',
  ],
  rehearsal_unpublished: ['The step before it did not publish it.', 'Do what that step says.'],
  rehearsal_in_bucket: [
    'The keys may not delete.',
    'Make a token with “Object Read & Write” for this bucket.',
  ],
  rehearsal_in_catalog: [
    'Its removal waits for the bucket or for a disk.',
    'Connect what is away; it goes by itself.',
  ],
  rehearsal_waits: [
    'Other photos are sent first, or the internet is away.',
    'Wait until the queue is empty, then rehearse again.',
  ],
  rehearsal_cloud_fault: [
    'The cloud’s settings are not complete or wrong.',
    'Put right under More > Cloud what is named.',
  ],
} as const
