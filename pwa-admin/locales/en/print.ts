/** The printed sheets. */
export const print = {
  print: 'Print',
  hint: 'Sheet 1 is for the guests’ tables, sheet 2 for whoever works at the event.',
  guests: 'Scan to see the photos',
  publicLabel: 'Works anywhere, also with mobile data.',
  lanLabel: 'Join this event’s Wi-Fi first.',
  assistant: 'For the assistant',
  assistantLabel:
    'In this event’s Wi-Fi: scan, set the device up, then type the code that the owner’s screen shows.',
  untested:
    'The public address has not been tested (More > Cloud > Test), so the code leads to this computer.',
  away: 'The computer does not answer.',
  none: 'This computer has no network address yet.',
}
