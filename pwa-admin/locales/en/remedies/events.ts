/** Why an event or its folders could not be changed, and what to do about it. */
export const events = {
  event_not_open: [
    'Photos are neither taken nor published in a paused or closed event.',
    'Press Continue, or open a new event.',
  ],
  event_paused: [
    'It paused after twelve hours without a photo, or somebody paused it.',
    'Press Continue, or open a new event.',
  ],
  event_changing: [
    'The event is being opened, closed or switched at this moment.',
    'Wait a moment: it is tried again.',
  ],
  no_such_event: [
    'Its name in the address was mistyped, or it was never here.',
    'npm run events -- list shows the names.',
  ],
  no_event: ['No event was opened yet.', 'Open one under More > Events.'],
  event_exists: ['Two events cannot share a name in the address.', 'Choose another name, or leave it empty.'],
  prefix_reserved: [
    'The program keeps documents of its own under that name in the bucket.',
    'Choose another folder in the bucket, or leave it empty.',
  ],
  prefix_stays: [
    'Files of the event are in the bucket under that name already.',
    'Leave it, or open a new event.',
  ],
  bad_time: ['A date or time cannot be read.', 'Choose it again in the field.'],
  folder_away: [
    'The disk is unplugged, or another folder lies at its place. An empty folder in place of a pulled disk is never written to.',
    'Connect the disk. What was cut short is finished then. If it is lost for good, a second copy or a backup is brought into a new data folder: npm run restore.',
  ],
  spill_full: [
    'While the photo disk is away, new photos are kept on this Mac. Its own disk is nearly full, and the catalog needs the rest.',
    'Connect the photo disk, or make room on this Mac. Frames stay in their cameras and on their cards until then.',
  ],
  spill_kept: [
    'The photo disk was pulled. These photos are safe on this Mac, but on one disk that is not theirs.',
    'Keep the card as it is, and connect the photo disk: they are moved there, compared, and the card says when it may go.',
  ],
  spill_damaged: [
    'This Mac’s own disk gave other bytes than were written, or another program wrote over the file.',
    'Put the card in and check it (Card > Check): the picture comes again from there. Look at this Mac’s disk.',
  ],
  spill_waits: [
    'The photo disk is back and refused the file: it is full, can only be read, or fails.',
    'Make room on it, or look at the disk. It is tried again by itself, and the photo stays on this Mac until then.',
  ],
  folder_missing: [
    'The disk is unplugged, or the folder was moved or deleted.',
    'Connect the disk or put the folder back. What was cut short, and what waited for it, goes on then.',
  ],
  disk_missing: [
    'The disk with the photo folders is unplugged, or did not wake up.',
    'Connect it. What was cut short, and what waited for it, goes on then.',
  ],
  folder_renamed: [
    'Somebody gave the disk or the folder another name.',
    'Give it the name back, or choose the folder under More > Folders.',
  ],
  folder_of_others: [
    'The folder carries the mark of another data folder.',
    'Choose another folder, or start the program with that data folder (--data).',
  ],
  folder_of_event: ['Each event has folders of its own.', 'Choose another folder.'],
  folder_not_made: [
    'The system refused, or the disk is full or read-only.',
    'Look at the disk and its permissions, or choose another place.',
  ],
  folder_in_use: ['Photos of the event lie in it.', 'Open a new event with the other folder.'],
  not_a_path: [
    'Folders are named whole, from the root on.',
    'Choose it with “Choose”, or enter a path that begins with “/”.',
  ],
  folder_inside: [
    'New, published, rejected and archived photos must not mix.',
    'Choose folders that lie side by side.',
  ],
  second_copy_inside: ['Both copies would be in one place.', 'Choose a folder on another disk.'],
  folder_closed: [
    'The system keeps this program out: on a Mac the privacy settings, on Linux permissions.',
    'Mac: System Settings > Privacy & Security > Files and Folders. Linux: chmod or chown.',
  ],
  no_such_folder: [
    'It was renamed or removed, or its disk is away.',
    'Connect the disk or choose another folder.',
  ],
  folder_watched: [
    'Photos of a folder that is watched twice would come twice, and photo folders that are watched would feed themselves.',
    'Choose a folder beside it, or remove the one that is watched.',
  ],
  folder_meets_photos: [
    'What this program writes there would come in again as new photos.',
    'Choose a folder that other programs fill and that lies elsewhere.',
  ],
  folder_of_system: [
    'Network disks, Windows and photo programs keep thumbnails and deleted photos there.',
    'Choose the folder in which the photos themselves lie.',
  ],
  too_many_watched: [
    'Each watched folder is looked through again and again.',
    'Remove one, or watch the folder above several.',
  ],
  watched_at_start: [
    'It was given with --watch, LEP_WATCH or in config/daemon.json.',
    'Start the program without it.',
  ],
  not_watched: [
    'It was removed meanwhile, or is called otherwise.',
    'Look at the list under More > Watched folders.',
  ],
  folder_exists: ['A folder of that name is there.', 'Use it, or choose another name.'],
  bad_name: ['The name has a slash, begins with a dot, or is empty.', 'Choose a plain name.'],
  https_only: [
    'Pictures are fetched over https alone, so that nobody on the way can change them.',
    'Use an https address, or upload the picture.',
  ],
  address_closed: [
    'Addresses of this network are not fetched: a cover picture comes from the internet.',
    'Upload the picture.',
  ],
  address_answers: [
    'That page does not give out the picture: it moved, or wants a login.',
    'Open the address in a browser; download the picture and upload it.',
  ],
  address_silent: [
    'No internet, a wrong name, or a server that does not answer.',
    'Look at the address and the network; or upload the picture.',
  ],
  too_many_hops: [
    'The address redirects in a circle or too often.',
    'Use the picture’s own address, or upload it.',
  ],
  picture_too_large: ['A cover picture has at most 10 MB.', 'Save it smaller, 2560 pixels wide are enough.'],
  folder_stays: [
    'daemon.json names the folders of a first start; an event that is there keeps its own.',
    'Move them under More > Folders, or take the line out of daemon.json.',
  ],
  journal_waits: [
    'Notes about an event lie beside its photos, and that folder’s disk is away.',
    'Connect the disk at some time. Nothing is lost until then.',
  ],
  manifest_not_written: [
    'The list beside the published files could not be saved; guests read the catalog’s and are not concerned.',
    'Look at the room and permissions of that folder. It is written anew with the next publish.',
  ],
  deliver_running: ['One delivery runs at a time.', 'Wait until it is done, or press Stop.'],
  deliver_busy: [
    'npm run deliver or another program of ours is writing there.',
    'Wait for it, or choose another folder.',
  ],
  deliver_no_folder: ['No folder was named.', 'Choose one.'],
  deliver_inside: [
    'What is delivered must not be taken for new photos.',
    'Choose another folder, best on another disk.',
  ],
  deliver_same: ['Both folders would get the same files twice.', 'Choose two folders.'],
  deliver_not_ours: [
    'The folder holds a delivery of another program.',
    'Choose another folder, or move that file away.',
  ],
  deliver_disk_full: [
    'The photos do not fit.',
    'Make room there and deliver again into the same folder: it goes on where it was.',
  ],
  deliver_unwritable: [
    'Its disk is away or read-only, or the folder above it is not there.',
    'Connect its disk and deliver again into the same folder: it goes on where it was.',
  ],
  deliver_unsound: ['That disk or its cable is failing.', 'Use another disk.'],
  deliver_source_away: [
    'The disk with the photos was pulled.',
    'Connect it and deliver again into the same folder: it goes on where it was.',
  ],
  deliver_unread: [
    'Its disk is failing, or the system does not allow it.',
    'Look at the disk; the other photos were delivered.',
  ],
  deliver_unprinted: [
    'The picture could not be developed, or there was no room for it.',
    'Try again, or deliver it as shot.',
  ],
  deliver_bad_names: ['The template has a field that is not known.', 'Correct the template.'],
  deliver_sidecars_shot: [
    'A sidecar’s crop would be done twice on an edited picture.',
    'Choose As shot, or no sidecars.',
  ],
  deliver_failed: [
    'Something unexpected happened.',
    'Deliver again into the same folder; if it happens again, the log says more.',
  ],
  no_such_desk: ['Somebody removed it.', 'Open the page anew.'],
  desk_unnamed: ['The call names no desk.', 'Name one.'],
  desk_incomplete: ['Something is missing.', 'Fill it in.'],
  desks_full: ['Each desk is a connection of its own.', 'Remove one that you do not need.'],
  desks_open: [
    'Somebody changed the file.',
    'Run chmod 600 on it. Where it is damaged, remove it and add the desks again.',
  ],
  desk_unreachable: [
    'No network, a wrong name or port, or the server is down.',
    'Nothing to do while it is an outage: what waits is sent when the server is back. Else correct server and port.',
  ],
  desk_no_tls: [
    'It is an old server, or listens for TLS on another port.',
    'Ask the desk, or choose None: password and photos can then be read on the way.',
  ],
  desk_certificate: [
    'The server made its certificate itself, it ran out, or it is another server.',
    'Ask the desk. If that is theirs, choose TLS, any certificate.',
  ],
  desk_wants_tls: ['Encryption is off here.', 'Choose TLS.'],
  desk_password: [
    'User or password is mistyped, or was changed.',
    'Enter both anew, and press Try. Until then it is tried every ten minutes only.',
  ],
  desk_folder: [
    'There is no such folder, or this user may not enter it.',
    'Correct the folder, or have the desk make it, and press Try.',
  ],
  desk_refused: [
    'This user may not write in that folder.',
    'Choose another folder, or ask the desk. What waits is tried again.',
  ],
  desk_full: [
    'There is no room on the server, or for this user.',
    'Tell the desk. What waits is sent when there is room.',
  ],
  desk_unverified: [
    'The server changed or cut the file, or does not tell sizes.',
    'It is sent again by itself. If it stays so, ask the desk.',
  ],
  desk_source: [
    'The photo’s disk is away, or the picture could not be made.',
    'Connect the disk. The others are sent meanwhile, and this one when it can be.',
  ],
} as const
