/** Why a decision about photos was not carried out, and what to do about it. */
export const deciding = {
  unknown_photo: [
    'The photo was deleted for good, or belongs to another event.',
    'Look at the list again; switch to its event under More > Events.',
  ],
  no_such_look: [
    'Another device deleted it.',
    'Choose another look, or save it again from a photo that has it.',
  ],
  too_many_looks: [
    'More would be a list to search in, not one to choose from.',
    'Delete a look under More > Looks, or save under the name of one that you no longer need.',
  ],
  look_name_taken: ['Names tell looks apart.', 'Choose another name, or delete the other look first.'],
  lut_missing: [
    'Somebody deleted it from config/luts in the data folder, or it was not in the backup.',
    'Add the same .cube file again, or give the photo another look. Nothing goes out without its look.',
  ],
  lut_too_large: ['A 3D LUT of 33 points is well below that.', 'Export it again with 33 points a side.'],
  lut_not_3d: ['It is a 1D LUT or another kind of file.', 'Export a 3D LUT as .cube.'],
  lut_size: [
    'More points would slow every photo down and look the same.',
    'Export it again with 33 points a side.',
  ],
  lut_line: [
    'The file is damaged, or has something that the standard does not know.',
    'Export it again as a plain 3D .cube.',
  ],
  lut_rows: ['The file was cut short, or its size is wrong.', 'Copy or export it again.'],
  lut_range: [
    'It is meant for other values, such as a film log.',
    'Export it for display (sRGB or Rec. 709) values.',
  ],
  lut_domain: ['It is meant for a part of the values only.', 'Export it for values from 0 to 1.'],
  no_scene: [
    'The scene is what the same camera shot within two minutes at the same exposure. All of it looks like this photo already, or somebody was quicker.',
    'Select the photos and apply a look to them.',
  ],
  not_in_buffer: ['Somebody archived or rejected it meanwhile.', 'Restore it, then do it again.'],
  photo_is_live: [
    'A published photo is not archived, rejected or deleted by the way.',
    'Unpublish it first.',
  ],
  photo_is_held: ['Its publish delay is still running.', 'Press Undo, or wait a few seconds.'],
  no_such_action: [
    'More than twenty actions came after it, or it was undone already.',
    'Do the opposite by hand: unpublish, restore or edit.',
  ],
  not_yours: [
    'Undo belongs to the device on which it was done.',
    'Undo it there, or do the opposite by hand.',
  ],
  changed_since: ['Somebody else changed the photo after your action.', 'Look at the photo and decide anew.'],
  changed_meanwhile: ['The photo was changed after your action.', 'Look at the photo and decide anew.'],
  undo_later_first: ['Your own later change stands on this one.', 'Undo from the newest on.'],
  deleted_for_good: [
    'The trash was emptied.',
    'Nothing brings the file back here. It may still be on the camera’s card: copy it into the app by hand.',
  ],
  trash_changed: [
    'Photos came into or out of the trash while the question stood there.',
    'Open the trash again and answer anew.',
  ],
  no_such_job: [
    'The job ended long ago, or before a restart.',
    'Nothing: the photos’ marks say how it ended.',
  ],
  job_over: ['The job ended while you pressed.', 'Nothing; use Undo to take it back.'],
  unknown_publication: ['It was unpublished or replaced meanwhile.', 'Look at the Published list again.'],
  not_live: ['A newer version took its place.', 'Look at the Published list again.'],
  other_photo: ['The list on the screen was older than the gallery.', 'Reload the page and try again.'],
  several_live: [
    'An earlier version of the program or another Mac published it more than once.',
    'Choose the one to take out under Published.',
  ],
  original_missing: [
    'The file was deleted or moved in Finder.',
    'Put it back into its folder under the same name, or drop the photo into the app again.',
  ],
  original_changed: [
    'Another program saved over the file. What you looked at would not be what goes out.',
    'Look for the new file in the inbox, it counts as a photo of its own; or put the old one back.',
  ],
  original_unread: [
    'The disk with the photos gives an error at this file. Nothing is deleted.',
    'With a second copy, try again in a moment: the photo is back. Without one, put its card in and check it (Card cell), or take the file from a backup. Then replace the disk.',
  ],
  mass_removal: [
    'Many photos in a minute look like a mistake or a stolen device.',
    'The owner answers the question on the Mac; then unpublish again. The number is set under More > Cloud.',
  ],
  too_late: [
    'The few seconds in which it could come back under the same name are over.',
    'Publish the photo again.',
  ],
  too_old: ['The decision waited on the device for over a day.', 'Look at the photo; send it or drop it.'],
  event_left: [
    'The event was switched or closed while a batch was running.',
    'Switch back to that event and press Go on, or cancel the rest.',
  ],
  event_changed: [
    'Somebody opened or switched an event while you pressed.',
    'Look which event is current, and do it again.',
  ],
  other_event: [
    'The decision was made for the event that was open then.',
    'Switch back to that event, or drop the decision.',
  ],
  handed_back: [
    'Leaving an event does not wait longer than ten seconds for what is being published.',
    'Switch to that event under More > Events and publish these photos.',
  ],
  hidden_for_now: [
    'The disk went read-only while a photo was taken out.',
    'Make the disk writable (repair it, unlock it) and unpublish the photo again before a restart.',
  ],
  removal_of_other_event: [
    'The request is about a photo of an earlier event.',
    'Switch to that event under More > Events, then unpublish it.',
  ],
  no_such_final: ['It belongs to another event.', 'Switch to that event under More > Events.'],
  final_decided: ['Somebody else said whose it is, or its photo came in meanwhile.', 'Nothing.'],
  no_final: ['Somebody else took it away.', 'Nothing: the photo shows what it showed before.'],
  no_such_removal: ['Somebody else answered the request.', 'Nothing.'],
} as const
