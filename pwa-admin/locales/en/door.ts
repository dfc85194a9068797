/** Who can open an event's gallery. */
export const door = {
  door: {
    title: 'Who can open it',
    kind: {
      front: 'At the front door',
      link: 'By its link',
      pin: 'By PIN',
    },
    hint: {
      front: 'Whoever opens the gallery’s address sees this event while it is the current one.',
      link: 'Only who has the event’s own address or its QR code. The gallery’s front page names nothing.',
      pin: 'Who has the event’s own address types the PIN once on each device.',
    },
    pin: 'PIN',
    pinHint: 'Four to eight digits. Empty: one is made up. With a new one, guests type it anew.',
    pinUnfit: 'A PIN has four to eight digits.',
    ends: 'Closes on',
    endsHint: 'From then on a page says that the photos are no longer online. Empty: never.',
  },
}
