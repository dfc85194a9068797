/** What the daemon tells, by its code: why a file was skipped, what a card or a camera waits for, what the owner
 * should know. A code that is also a refusal has its words in `refusals.ts`, unless it reads otherwise here. */
export const messages = {
  messages: {
    system_file: 'A system file, not a photo.',
    video: 'A video or sound file. Only photos are taken.',
    sidecar: 'A file beside photos, not a photo.',
    being_written: 'Another program is still writing it. It is taken once it has its final name.',
    empty_file: 'The file is empty.',
    wrong_format: '{format} is not a kind of picture that can be read.',
    taken_as: 'Taken as {name}, because another photo is called {other}.',
    taken_renamed: 'Its name cannot be read here, so it was taken as {name}.',
    same_as: 'The same picture as {name}.',
    same_as_archived: 'The same picture as {name}, which is in the archive.',
    same_as_trashed: 'The same picture as {name}, which is in the trash.',
    subfolder: 'Only files directly in the folder for new photos are taken, not those in folders below it.',
    link: 'A link, not a file.',
    unreadable: 'It could not be read: {why}',
    too_deep: 'It lies more than {n} folders deep and was not looked into.',
    second_copy_waits:
      'Everything is in the photo folders. The second copy still waits for {n} photo of this card. | Everything is in the photo folders. The second copy still waits for {n} photos of this card.',
    spill_kept:
      'Everything is copied. {n} photo of this card is kept on this Mac until the photo disk is back. | Everything is copied. {n} photos of this card are kept on this Mac until the photo disk is back.',
    spill_damaged:
      'The file of “{name}” in {folder} is not the picture that was taken, so it was not moved back.',
    spill_waits: '“{name}” could not be moved back to its disk yet: {why}',
    second_copy_changed:
      'The file of “{name}” is not the picture that was taken, so it was not copied to the second copy.',
    second_copy_unread:
      '“{name}” could not be read from its folder, so it was not copied to the second copy. The photo disk may be failing.',
    originals_unread:
      'The photo disk does not give {n} photo, “{name}”. It may be failing. Nothing is deleted. | The photo disk does not give {n} photos, “{name}” among them. It may be failing. Nothing is deleted.',
    originals_mended:
      'The photo disk did not give {n} photo, “{name}”, which came back from the second copy. The disk may be failing. | The photo disk did not give {n} photos, “{name}” among them, which came back from the second copy. The disk may be failing.',
    second_copy_unsound: 'What was written of “{name}” to {folder} is not what is read back from there.',
    second_copy_final:
      'The finished picture “{name}” does not hold the bytes that were taken, so it was not copied to the second copy.',
    second_copy_no_room:
      'The disk of {folder} has no room even for the journal: what is decided now is not in the second copy.',
    second_copy_failed: '“{name}” could not be copied to the second copy: {why}',
    second_copy_stopped: 'The second copy does not go on: {why}',
    sidecars_wait: 'Sidecars wait to be written beside the photos: {why}',
    check_folder_away: 'The folder {folder} is away, so nobody knows what is in it.',
    check_file_gone: 'Its file “{name}” is not in the photo folders any more.',
    check_file_changed: 'Its file “{name}” has other bytes: another program wrote over it.',
    check_file_unreadable: 'Its file “{name}” could not be read back: {why}',
    check_file_moving: 'Its file was moved again and again while it was looked for.',
    check_not_here: 'It is not in the photo folders.',
    check_card_gone: 'The card was taken out, or could not be read to its end. It is not safe to format.',
    check_vanished: 'It vanished from the card, or changed, during the check.',
    check_appeared: 'It appeared on the card during the check.',
    check_changed: 'It gave other bytes than the card lists for it.',
    check_holds_ours: 'The photo folders themselves lie on {folder}. Whoever formats it loses them.',
    check_failed: 'The check broke off: {why}',
    check_not_safe: 'Not safe to format. Missing: {missing}. Not read: {unread}.',
    check_nothing: 'There is no photo from this event on the card, so nothing was compared.',
    check_spilled:
      'Everything is kept, but {n} photo of this card only on this Mac until the photo disk is back. Check again then. | Everything is kept, but {n} photos of this card only on this Mac until the photo disk is back. Check again then.',
    check_second_copy:
      'Everything is in the photo folders. The second copy still waits for {n} photo. | Everything is in the photo folders. The second copy still waits for {n} photos.',
    unshowable: 'The photo cannot be shown or published, and its file was kept. {why}',
    buffer_trouble: 'A file in the folder for new photos could not be taken yet: {why}',
    copying_stopped: 'Copying stopped and will be tried again: {why}',
    darkroom_ailing:
      'Pictures cannot be looked at just now: the system ends the programs that do it, or has no memory for them. They wait and are tried again.',
    unread_so_far: '{name} could not be read {n} times. It is tried again.',
    unread_here:
      '{n} file or folder could not be read so far and is tried again. Keep what is there. | {n} files or folders could not be read so far and are tried again. Keep what is there.',
    paused_here: 'The event is paused. {n} photo waits here. | The event is paused. {n} photos wait here.',
    paused_camera:
      'The event is paused. {n} photo waits in the camera. | The event is paused. {n} photos wait in the camera.',
    paused_ftp:
      'The event is paused. What this camera sends waits in the camera. Continue the event to take it.',
    ftp_wrong_password:
      'The camera at {address} sent a wrong password for “{camera}”. Type it again in the camera.',
    ftp_unknown_user: 'The camera at {address} logs in as “{user}”, which no camera here is called.',
    ftp_needs_tls:
      'The camera at {address} may not send unencrypted as “{camera}”. Switch FTPS (explicit TLS) on in the camera.',
    ftp_port_in_use:
      'Another program uses port {port}, so no camera can send by FTP. Choose another with --ftp-port. It is tried again.',
    ftp_port_refused: 'No camera can send by FTP: port {port} cannot be used ({why}).',
    paused_buffer:
      'The event is paused. {n} file waits in the folder for new photos. | The event is paused. {n} files wait in the folder for new photos.',
    card_left:
      'The card was taken out before everything was copied: {done} of {total} photos are here. Put it back in for the rest.',
    finals_left:
      'The folder of finals is away: {done} of {total} are taken, the rest follows when it is back.',
    final_is_raw: 'A RAW file is no finished picture. Export it as JPEG or TIFF.',
    folder_left:
      'The folder {path} is away: {done} of {total} photos are here. The rest follows when it is back.',
    demo_paused: 'The event is paused, so the demo waits.',
    demo_ended: 'The demo ended: {why}',
    camera_held: 'Another program holds the camera. Quit Photos, Image Capture, Preview or Lightroom.',
    camera_busy: 'The camera was busy and did not answer in time.',
    camera_no_answer: 'The camera did not answer in time.',
    camera_lost_process: 'The camera hung. Its connection is being made anew.',
    camera_not_there: 'The camera is not connected.',
    camera_dropped: 'The connection to the camera broke.',
    camera_unlisted:
      'The camera answers, but its card cannot be listed. A file or folder on it may be damaged.',
    camera_failed: 'The camera answered with an error.',
    camera_card_full: 'Its card is full.',
    handed_back:
      '{n} photo of “{event}” was not published before it was left: {names}. Open it again to publish it. | {n} photos of “{event}” were not published before it was left: {names}. Open it again to publish them.',
    journal_waits:
      '{n} note about “{event}” waits for its folder {folder}. It is kept until then. | {n} notes about “{event}” wait for its folder {folder}. They are kept until then.',
    disk_tight:
      'The disk of {folder} has {mb} MB left. Pictures are not made ahead, nor full sizes, so that photos still find room. Make room soon.',
    disk_soon_full:
      'The disk of {folder} is full in about {n} minute if photos keep coming like this ({mb} MB left). | The disk of {folder} is full in about {n} minutes if photos keep coming like this ({mb} MB left).',
    disk_reserve:
      'The disk of the data folder is full. Unpublishing and emptying the trash still work. Make room for everything else.',
    may_sleep:
      'Nothing keeps this computer awake: it may fall asleep by itself. Set it never to sleep while the event is open.',
    battery_low: 'The battery of the computer with the program has {percent} % left. Plug it in.',
    on_battery: 'The computer with the program runs on its battery. Plug it in for the event.',
    lid_closed:
      'The lid of the computer with the program is closed: it falls asleep without mains. Open it, or plug it in.',
    slept: 'The computer with the program slept from {from} to {to}. Everything was looked through again.',
    clock_forward:
      'The clock of the computer with the program was set forward by {hours} h {minutes} min. What waits goes out at its time all the same.',
    clock_back:
      'The clock of the computer with the program was set back by {hours} h {minutes} min. What waits goes out at its time all the same.',
    address_changed:
      'The computer with the program is found at {addresses} now. A device that does not come back by itself scans the code again.',
    network_lost: 'The computer with the program is on no network. Devices find it again once it is.',
    folder_missing:
      'The folder “{folder}” is away. Nothing is written there; all goes on by itself once the disk or the folder is back. | {n} folders in “{folder}” are away. Nothing is written there; all goes on by itself once the disk or the folders are back.',
    disk_missing:
      'The disk “{disk}” is away. Nothing is written there; all goes on by itself once it is back.',
    folder_renamed:
      'The folder {folder} is called “{name}” now. Name it “{before}” again; all goes on by itself then.',
    data_read_only:
      'The disk of the data folder can only be read. The gallery goes on; nothing can be taken, published or changed until it can be written again.',
    manifest_not_written: 'The list of published photos in {folder} could not be written: {why}',
    folder_stays:
      'This event’s folder stays {folder}. What is configured, {configured}, counts for a first start. Move it under More > Folders.',
    unknown_setting: 'Unknown setting “{name}” in {path}.',
    unknown_variable: 'Unknown environment variable {name}.',
    bucket_incomplete: '{given} is set without {missing}: this bucket is not used.',
    bucket_unfit: 'LEP_S3_…: {why} This bucket is not used.',
  },
}
