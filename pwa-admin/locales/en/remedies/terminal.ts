/** What is said in a terminal alone, before any page is there or by a command: its words, why it is said, and what to do. */
export const terminal = {
  in_use: [
    'The program is running already with the data folder {folder}.',
    'A second start; the agent may have started it at login.',
    'Open the app: it runs. To start it yourself, first run npm run agent -- stop.',
  ],
  data_folder_closed: [
    'The data folder {folder} cannot be written.',
    'Its disk is read-only, away, or belongs to another user.',
    'Connect or unlock the disk; on a Mac allow removable volumes under Privacy & Security > Files and Folders.',
  ],
  newer_catalog: [
    'The catalog was made by a newer version of this program.',
    'An older program was started on a data folder that a newer one has changed.',
    'Start the newer program. To go back, put catalog.db.version-<n> in the place of catalog.db; what came after that copy is not in it.',
  ],
  catalog_lost: [
    'The catalog is missing or empty, but {folder} holds an event that it knew.',
    'catalog.db was moved or deleted, or --data names a wrong folder.',
    'Open the page that the program names and press Rebuild, or run npm run rebuild. Or correct --data. The photos are untouched, and guests see them.',
  ],
  catalog_damaged: [
    'The catalog {path} is damaged and cannot be read.',
    'The disk failed, or another program wrote into it.',
    'Open the page that the program names and press Rebuild, or run npm run rebuild. The damaged file is kept. Then look at the disk.',
  ],
  catalog_foreign: [
    'The catalog {path} knows nothing of the event whose photos lie in {folder}.',
    'A catalog of another data folder was put there.',
    'Put its own back, or press Rebuild on the page that the program names, or run npm run rebuild.',
  ],
  catalog_older: [
    'The catalog {path} is older than the journal in {folder}.',
    'An older copy was put back, or the disk lost what was written last.',
    'Press Rebuild on the page that the program names, or run npm run rebuild. It goes on with what the journal says.',
  ],
  nothing_to_rebuild: [
    'Nothing of an event was found in {folder}: no journal and no photos.',
    'The folder is new, or a disk with photos is away.',
    'Correct --data, or connect the disk with the photo folders and run it again. If it is lost for good, bring the second copy or a backup into a new folder: npm run restore.',
  ],
  no_good_copy: [
    'There is no copy of the catalog that can be read.',
    'The copies beside the photos are gone or damaged, or their disk is away.',
    'Press Rebuild: it reads the journals and the folders.',
  ],
  rebuild_unread: [
    '{path} is there and could not be read ({why}).',
    'Its disk is failing, or was pulled in this moment. A rebuild concludes nothing from what it cannot read.',
    'Connect the disk again and repeat it. Where it stays so, move that file elsewhere: the rebuild goes on without it. Of a journal the second copy and a backup have another, which can be put in its place.',
  ],
  rebuild_disk_full: [
    'The disk has no room for the new catalog.',
    'The new catalog is made beside the old one, which is kept.',
    'Make room in {folder} and for temporary files, and repeat it. Nothing was lost.',
  ],
  rebuild_disk_failed: [
    'A disk did not do what a rebuild needs of it ({why}).',
    'The disk is failing, can only be read, or was pulled.',
    'Look at the disk of {folder} and repeat it. Nothing was lost.',
  ],
  no_room_for_copy: [
    'The disk has no room for the copy of the catalog that is made before it is changed.',
    'A newer version changes the catalog only after a copy of it.',
    'Make room and start again; the version before still starts.',
  ],
  copy_failed: [
    'The copy of the catalog could not be read back.',
    'The disk is failing.',
    'Back up at once, onto another disk (npm run backup), and go on from there (npm run restore).',
  ],
  too_many_folders: [
    'At most four folders can be watched.',
    'More than four --watch were given.',
    'Give one folder above them, or fewer.',
  ],
  no_demo_camera: [
    'The virtual camera could not be started.',
    'The demo’s own camera program did not start; often the port or memory is short.',
    'Start with --demo instead of --demo=camera.',
  ],
  backup_busy: [
    'The catalog is busy.',
    'The daemon writes a lot at this moment.',
    'Run it again in a moment.',
  ],
  backup_damaged: [
    'The backup in {folder} is damaged, and nothing was restored.',
    'Files of the backup were changed or lost since.',
    'Use another backup. npm run backup -- --verify DIR names every file that differs.',
  ],
  backup_disk_full: [
    'The disk of {path} is full.',
    'The backup does not fit.',
    'Make room or use another disk, then run it again: it copies only what is missing. --photos published is much smaller.',
  ],
  backup_inside: [
    'The backup folder and the data folder lie in one another.',
    'A backup inside what it backs up would grow without end.',
    'Choose a folder elsewhere, best on another disk.',
  ],
  backup_newer_catalog: [
    'The backup’s catalog is of a newer version of this program.',
    'The backup was made by a newer version.',
    'Update this program, then restore.',
  ],
  backup_no_catalog: [
    'There is no catalog in {folder}: nothing to back up.',
    '--data names a folder that was never used.',
    'Give the data folder that event was started with.',
  ],
  backup_no_event: [
    'There is no event {event}.',
    '--event was mistyped.',
    'npm run events -- list shows the names.',
  ],
  backup_none: [
    'There is no backup in {folder}.',
    'It has no manifest.json: another folder, or one inside the backup.',
    'Give the folder that holds manifest.json.',
  ],
  backup_not_empty: [
    '{folder} holds something else than a backup.',
    'A backup is not mixed with other files.',
    'Choose a new or empty folder.',
  ],
  backup_source_unread: [
    '{path} could not be read.',
    'Its disk is away or failing.',
    'Connect the disk; copy what can be read first.',
  ],
  backup_target_unwritable: [
    '{path} could not be written.',
    'The disk is read-only or refuses.',
    'Unlock it or use another one.',
  ],
  backup_unfinished: [
    'The backup in {folder} was not finished.',
    'It was broken off, or the disk was pulled.',
    'Run npm run backup again with that folder.',
  ],
  backup_unsound: [
    'What was written to {path} is not what is read back.',
    'That disk or its cable is failing.',
    'Use another disk.',
  ],
  restore_no_room: [
    'The disk of {folder} has {free} MB free, and the backup needs {bytes} MB.',
    'The backup does not fit.',
    'Make room, or restore onto another disk.',
  ],
  restore_not_empty: [
    'The data folder {folder} is not empty.',
    'A restore never mixes with what is there.',
    'Give a new folder as --data.',
  ],
  restore_unfinished: [
    'The data folder {folder} was not restored to its end.',
    'The restore was broken off.',
    'Run npm run restore again with the same backup, or start with another --data.',
  ],
  import_no_folder: [
    'There is no folder {folder}.',
    'The path was mistyped, or its disk is away.',
    'Correct it.',
  ],
  import_not_one: [
    '{folder} is no folder of the previous system.',
    'It has neither photos_buffer nor photos_web.',
    'Give the project folder of the previous system.',
  ],
  import_unsound: [
    'The copy of {path} is not what was read.',
    'A disk is failing.',
    'Use another disk; nothing of the previous system was changed.',
  ],
  deliver_no_catalog: [
    'There is no catalog in {folder}: nothing to deliver.',
    '--data names another folder.',
    'Give the data folder of the daemon.',
  ],
  deliver_no_event: [
    'There is no event "{event}".',
    'Its name was mistyped.',
    'npm run events -- list shows the names.',
  ],
} as const
