/** The app without the Mac: what waits, what did not go through, a new version. */
export const offline = {
  offline: {
    away: 'The Mac is away. Go on looking, editing and deciding: all of it is sent by itself later.',
    gone: 'The Mac is away.',
    waits: '1 decision waits on this device. | {n} decisions wait on this device.',
    reopen: 'Later, open {address} again: this browser keeps them under this address only.',
    sending: 'Sending 1 decision. | Sending {n} decisions.',
    refused:
      '1 decision waits until this device is paired again. | {n} decisions wait until this device is paired again.',
    fleeting: 'This browser keeps nothing: what waits is lost if this page closes.',
    takeBack: 'Take back the last',
    tile: 'waits for the Mac',
    tileConflict: 'needs your answer',
    newVersion: 'A new version is ready. It comes by itself while nobody uses this screen.',
    reload: 'Reload',
    conflicts: '1 decision did not go through | {n} decisions did not go through',
    retry: 'Try again',
    send: 'Send it now',
    drop: 'Drop it',
    retryAll: 'Try all again',
    more: '{name} and {n} more',
    blocked:
      '1 later decision on it waits for your answer. | {n} later decisions on it wait for your answer.',
    did: {
      publish: 'Publish {name}.',
      unpublish: 'Unpublish {name}.',
      archive: 'Archive {name}.',
      reject: 'Reject {name}.',
      restore: 'Restore {name}.',
      rate: 'Rate {name}.',
      caption: 'Caption {name}.',
      print: 'Print {name}.',
      desk: 'Send {name} to a desk.',
      edit: 'Edit {name}.',
    },
  },
}
