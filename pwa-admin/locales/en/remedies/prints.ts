/** Photos on paper. */
export const prints = {
  print_went: ['The printer had it before it was undone.', 'Nothing to do. A print on paper stays.'],
  no_such_print: ['Somebody else settled it.', 'Open the page anew.'],
  print_no_place: ['Printing was switched on without saying where to.', 'Choose the folder, or the printer.'],
  print_paper: [
    'A large paper, with many pixels an inch.',
    'Choose fewer pixels an inch: 300 are usual, and 150 enough for a poster.',
  ],
  print_folder_away: [
    'Its disk or share is not connected, or the folder was removed or renamed.',
    'Connect it. What waits is printed by itself. If the folder is another one now, choose it under More, Print.',
  ],
  print_folder_closed: [
    'The system, or the share, lets nobody write there.',
    'Give this program the right to write into it, or choose another folder. It is tried again by itself.',
  ],
  print_folder_full: [
    'Prints that were put there lie there still, or other files fill the disk.',
    'Look whether the printer’s program takes them. What waits is put when there is room.',
  ],
  print_inside: [
    'The folder is one from which photos are taken in, or holds or lies in one.',
    'Choose a folder that nothing else uses.',
  ],
  print_no_lp: [
    'The system came without its printing programs.',
    'Install them (on Linux: cups-client), or choose a print folder.',
  ],
  print_refused: [
    'The printer was removed or renamed, is paused, or does not know an option.',
    'Look into the system’s printer settings and at the options under More, Print. It is tried again by itself.',
  ],
  print_no_room: ['The disk of the data folder is full.', 'Make room. What waits is printed by itself.'],
  print_unmade: [
    'Its file is away or was written over, or a watermark or LUT is missing: the sentence says which.',
    'Mend that, or take the mark Print from the photo. The others are printed meanwhile.',
  ],
  print_unsure: [
    'The program, or the computer, stopped in the moment in which the printer was handed a photo; or the catalog was rebuilt, or restored from a backup.',
    'Look at the printer, and say under More, Print whether each is on paper. Nothing is printed twice by itself.',
  ],
} as const
