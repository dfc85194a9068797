/** Why the app says something of a camera, and what to do about it. */
export const camera = {
  camera_held: [
    'A Mac opens a plugged-in camera in Photos or Image Capture by itself; on Linux the file manager does. Only one program can hold a camera.',
    'Quit that program, or eject the camera in the file manager. It is tried again every few seconds; the cable can stay in.',
  ],
  camera_busy: [
    'The camera was writing a burst, showing its menu or filming.',
    'Leave its menu and wait for its card light to go out. Frames come in by themselves afterwards.',
  ],
  camera_no_answer: [
    'It fell asleep, its Wi-Fi is weak, or its cable is loose.',
    'Half-press the shutter, switch its sleep timer off, and look at the cable. Shooting can go on: frames are on the card.',
  ],
  camera_lost_process: [
    'The camera or its driver stopped in the middle of a transfer.',
    'Nothing: it is connected anew by itself. If it happens again and again, use another cable or port, or switch the camera off and on.',
  ],
  camera_not_there: [
    'Its cable is out, it is switched off, or its Wi-Fi address is another one now.',
    'Plug it in and switch it on; for Wi-Fi compare the address in its menu with the one under Camera > Wi-Fi cameras.',
  ],
  camera_dropped: [
    'The cable was touched, the battery ran out, or the Wi-Fi broke off.',
    'Put the cable back in. What was shot meanwhile is fetched from the card.',
  ],
  camera_unlisted: [
    'A file or folder on its card is damaged, often by an earlier card reader or a battery that ran out.',
    'Put another card into the camera and go on shooting; read the old one in a card reader. Format it only once its photos are here.',
  ],
  camera_failed: [
    'The camera answered with an error that has no other name here.',
    'Switch it off and on. If it stays, read its card in a card reader; the log has the error.',
  ],
  camera_card_full: [
    'The card has no room for another frame.',
    'Put in an empty card. What was shot goes on coming in.',
  ],
  no_cameras: [
    'The program was started with --no-camera, or without libgphoto2.',
    'Start it without that option; run npm run doctor, which says how to get libgphoto2.',
  ],
  camera_away: [
    'The camera was unplugged or fell asleep before this was done.',
    'Wake it or plug it in, then try again.',
  ],
  shutter_refused: [
    'It could not focus, its card is full, or it is in a mode that cannot be released from a computer.',
    'Set the lens to manual focus or point at something with contrast, look at the card, and try again.',
  ],
  no_such_camera: [
    'It was removed from the list on another device.',
    'Connect it again: it is found by itself.',
  ],
  no_such_source: [
    'The card was taken out or the folder was removed meanwhile.',
    'Put it back, and look at the cell again.',
  ],
  paused_ftp: [
    'The event is paused, so what this camera sends is not taken; the camera keeps it and sends it again.',
    'Continue the event under More > Event. Nothing is lost meanwhile.',
  ],
  ftp_wrong_password: [
    'The password in the camera is not the one that it has here: a digit was mistyped, or a new one was made.',
    'Open Camera > Show its login and type the eight digits again, without the gap. After several wrong ones the address waits for a while.',
  ],
  ftp_unknown_user: [
    'The user in the camera is mistyped, or the camera was removed here.',
    'Open Camera > Show its login and compare the user, letter for letter; or add the camera.',
  ],
  ftp_needs_tls: [
    'The camera sent its login unencrypted, which is allowed neither from the internet nor where only encrypted cameras may send.',
    'Switch FTPS (explicit TLS) on in the camera, or switch Encrypted only off under Camera on a network of your own.',
  ],
  ftp_port_in_use: [
    'Another FTP server, often another copy of this program, listens on that port.',
    'Quit it, or start with another --ftp-port and enter that port in the cameras.',
  ],
  ftp_port_refused: [
    'The system does not let this program listen on that port: ports below 1024 need rights that it does not have.',
    'Start without --ftp-port, or with one above 1024.',
  ],
  too_many_ftp_cameras: [
    'Each camera has a login of its own, and their number has a limit.',
    'Remove a camera under Camera that is no longer used; its photos stay.',
  ],
  ftp_by_flag: [
    '--ftp-port was given at the start, and what is given there outranks the switch.',
    'Start without --ftp-port to use the switch; with --ftp-port 0 it stays off.',
  ],
} as const
