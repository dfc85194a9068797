/** Why a file did not become a photo as it is, and what to do about it. */
export const intake = {
  system_file: [
    'Systems leave such files (.DS_Store, Thumbs.db, ._ names) beside photos.',
    'Nothing. More > Clean up removes those that a Mac left.',
  ],
  video: [
    'Only photos are taken; the film stays on the card or in its folder.',
    'Copy films yourself, with a card reader.',
  ],
  sidecar: ['XMP, THM and the like belong to a photo and are none.', 'Nothing. They stay where they are.'],
  being_written: [
    'The program that saves it has not finished, or left a name that ends in .part or .tmp.',
    'Wait. If that program has crashed, save the file again or rename it.',
  ],
  empty_file: [
    'A program made the file and wrote nothing into it, or a copy was broken off.',
    'Save or copy it again.',
  ],
  wrong_format: [
    'Its bytes are another kind of file than its name says, or a kind that is not read.',
    'Save it as JPEG, PNG, WebP, TIFF or AVIF.',
  ],
  taken_as: [
    'Two cameras count alike, or a camera began its count anew.',
    'Nothing: both are kept. Publish it by its new name.',
  ],
  taken_renamed: [
    'Its name has signs that this system cannot read, mostly from another system’s card.',
    'Nothing: the photo itself is whole.',
  ],
  same_as: ['The picture came before, by cable, card or upload.', 'Nothing: it is kept once.'],
  same_as_archived: [
    'The picture came before and was archived.',
    'Restore it from the archive if you want it.',
  ],
  same_as_trashed: ['The picture came before and was rejected.', 'Restore it from the trash if you want it.'],
  subfolder: [
    'The folder for new photos is watched at its first level only.',
    'Move the files up, or give that folder with --watch.',
  ],
  link: ['A link or alias points elsewhere and may lead out of the folder.', 'Copy the file itself.'],
  unreadable: [
    'The system refuses to read it, or its disk or card is failing.',
    'Look at its permissions; copy it to another disk, or put the card into another reader.',
  ],
  too_deep: [
    'Folders in folders, mostly a whole backup on a card or disk.',
    'Move the photos up, or give the inner folder with --watch.',
  ],
  unshowable: [
    'The file is damaged, too large, or of a kind that cannot be decoded.',
    'Copy it again from the card. The file is kept in any case.',
  ],
  buffer_trouble: [
    'The file could not be read or moved at this moment.',
    'It is tried again by itself. If it stays, look at the disk’s room and the folder’s permissions.',
  ],
  copying_stopped: [
    'The disk, the card or the reader did not go on.',
    'Leave the card in: it is tried again. If it stays, use another reader or port, or make room.',
  ],
  darkroom_ailing: [
    'The computer has too little memory, or the system ends the programs that decode.',
    'Quit other large programs. Photos go on being copied; they show once there is memory.',
  ],
  unread_so_far: [
    'The card or reader gives errors at this file.',
    'Leave the card in, clean its contacts, or use another reader. Do not format the card.',
  ],
  unread_here: [
    'The card, reader or disk gives errors at these files.',
    'Do not format the card. Try another reader; what stays unread may still come with rescue software.',
  ],
  paused_here: ['Nothing is taken while the event is paused.', 'Press Continue, or open a new event.'],
  paused_camera: [
    'Nothing is taken while the event is paused; the frames are on the camera’s card.',
    'Press Continue, or open a new event.',
  ],
  paused_buffer: ['Nothing is taken while the event is paused.', 'Press Continue, or open a new event.'],
  check_folder_away: [
    'The check could not read our copy back.',
    'Connect the disk with the photo folders, and check again. Do not format the card.',
  ],
  check_file_gone: [
    'It was deleted or moved with another program, though the photo is still in the list.',
    'Leave the card in and check in the app, with the event open: the file comes again from the card.',
  ],
  check_file_changed: [
    'Another program saved over it, or the disk is failing.',
    'Check in the app, with the event open: the card’s bytes come again, and the other file keeps its bytes under another name.',
  ],
  check_file_unreadable: [
    'The disk with the photo folders gives errors.',
    'Do not format the card. Move the event’s folders to another disk, and check again.',
  ],
  check_file_moving: ['Photos were archived or rejected during the check.', 'Check again.'],
  check_not_here: [
    'It was not copied yet, or the event takes nothing now.',
    'Open or continue the event and check again in the app: it is taken in. Without the daemon nothing is taken in.',
  ],
  check_card_gone: ['The card was pulled, or its reader lost it.', 'Put it back in, and check again.'],
  check_vanished: [
    'Something writes to the card or deletes from it, or the card is failing.',
    'Put the card into a reader that nothing else uses, and check again.',
  ],
  check_appeared: [
    'The camera or a program still writes to the card.',
    'Wait until it is done, and check again.',
  ],
  check_changed: [
    'The card or its reader is failing, or the file is still being written.',
    'Do not format the card. Use another reader, and check again.',
  ],
  check_holds_ours: [
    'The event’s folders are on this disk.',
    'Do not format it. Move the folders to another disk first (More > Folders).',
  ],
  check_failed: [
    'The card, the reader or the disk met an error.',
    'Check again; if it stays, use another reader.',
  ],
  check_not_safe: [
    'Some photos on the card are not kept, or could not be compared.',
    'Open the list below. Missing ones are taken in while the event is open; for what cannot be read try another reader.',
  ],
  check_nothing: [
    'It is another card, the camera’s clock was wrong, or the event began later.',
    'Look whether it is the right card. If the clock was wrong, take the older photos in first.',
  ],
  check_spilled: [
    'They came while the photo disk was away, and were read back from this Mac.',
    'Connect the photo disk, wait until the Disk cell says that they moved back, and check again. Do not format the card.',
  ],
  check_second_copy: [
    'The second copy falls behind on purpose while photos come in, or its disk is away.',
    'Wait, or connect its disk; then check again.',
  ],
  check_own_folder: ['A folder compared with itself would always be right.', 'Give the card itself.'],
  check_what: ['A program asked without a card or folder.', 'Name a card of the list, or a folder.'],
  not_checked: ['The program was started again, or the card was taken out.', 'Check it again.'],
  card_away: ['The card was taken out meanwhile.', 'Put it back in, and check again.'],
  second_copy_waits: [
    'The second copy falls behind while photos come in, or its disk is away.',
    'Wait, or connect its disk (see the Disk cell).',
  ],
  second_copy_changed: [
    'Another program wrote over it, or the disk is failing.',
    'Put the card in and check it: the picture comes again from there.',
  ],
  second_copy_unread: [
    'The disk with the photos gives an error at this file. It stays as it is, and the others are copied.',
    'Put the card in and check it: the picture comes again from there. Then replace the disk.',
  ],
  originals_unread: [
    'The disk with the photos gives an error at these files.',
    'Put their cards in and check them (Card cell), or take the files from a backup. Copy everything to another disk soon: More > Second copy.',
  ],
  originals_mended: [
    'The disk with the photos gave an error at these files. What it does not give stays beside the new file, under another name.',
    'Replace the disk soon. The second copy has everything.',
  ],
  second_copy_unsound: [
    'That disk is failing.',
    'Use another disk for the second copy. The photo folders are not touched.',
  ],
  second_copy_final: [
    'Another program wrote over its file in the .kept folder of the finals, or the disk is failing.',
    'Export that picture once more into the folder of the finals. What the second copy has stays.',
  ],
  second_copy_no_room: [
    'The disk of the second copy is full to the last.',
    'Make room there, or choose another disk. It goes on by itself.',
  ],
  second_copy_failed: [
    'A disk gave an error at this file.',
    'It is tried again by itself. If it stays, look at both disks.',
  ],
  second_copy_stopped: [
    'Its disk gave an error.',
    'It is tried again by itself. If it stays, choose another disk.',
  ],
  sidecars_wait: [
    'The disk of the photo folder is away, full, or gave an error.',
    'It is tried again by itself. Nothing of what you chose is lost meanwhile.',
  ],
  card_left: [
    'The card was pulled before the Card cell said “safe to eject”.',
    'Put it back in: it goes on where it stopped.',
  ],
  folder_left: [
    'The disk or share with that folder is disconnected.',
    'Connect it again: it goes on where it stopped.',
  ],
  demo_paused: ['The demo shoots into the open event only.', 'Press Continue.'],
  demo_ended: [
    'The demo’s virtual camera or its folder met an error.',
    'Start again with --demo; the log says more.',
  ],
  too_large: [
    'The file is above the limit for an upload or a photo.',
    'Save it smaller, or copy it into the folder for new photos.',
  ],
  too_many_pixels: [
    'More pixels than can be decoded safely.',
    'Save it smaller; panoramas are the usual case.',
  ],
  not_a_photo: [
    'Its bytes are no picture.',
    'Look at the original file in another program, and save it anew.',
  ],
  not_a_picture: ['A watermark, frame or cover needs a picture file.', 'Choose a PNG or JPEG.'],
  not_whole: ['The upload or copy was broken off.', 'Send it again.'],
  not_set_aside: ['It came in meanwhile, or its file is gone.', 'Nothing: look at the list again.'],
  cut_short: ['The copy or upload was broken off, or the card was pulled.', 'Copy it again from the card.'],
  middle_missing: [
    'A card or disk lost a part of the file.',
    'Copy it again from the card, with another reader.',
  ],
  tiff_kind: [
    'TIFF has many kinds; some compressions are not read.',
    'Save it as JPEG, or as TIFF with LZW.',
  ],
  raw_small_preview: [
    'RAW files are shown by the JPEG inside them, and this one is small.',
    'Set the camera to RAW + JPEG; both become one photo.',
  ],
  undecodable: ['The file is damaged.', 'Copy it again from the card.'],
  picture_breaks_decoder: [
    'The file is damaged or made to do harm; the process that read it was ended.',
    'Copy it again from the card. Nothing else is touched.',
  ],
  heic: [
    'HEIC cannot be decoded here.',
    'iPhone: Settings > Camera > Formats > Most Compatible. Camera: choose JPEG.',
  ],
  raw_without_preview: [
    'RAW files are shown by the JPEG inside them, and this one has none.',
    'Set the camera to RAW + JPEG; both become one photo.',
  ],
  finals_left: [
    'The disk with the folder of finals went away.',
    'Connect it again; what is left is taken by itself.',
  ],
  final_is_raw: [
    'A retoucher gave the RAW back instead of the picture that was made of it.',
    'Export it as JPEG or TIFF into the folder of finals.',
  ],
  no_file: ['The upload had no file in it.', 'Choose the photos again.'],
  wrong_type: ['The kind of file is not one that is read here.', 'Save it as JPEG, PNG, WebP, TIFF or AVIF.'],
} as const
