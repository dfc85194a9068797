/** Addresses that the app's page must never stand in for, whatever the scope says. */
export const NEVER =
  /^\/(api|raw|media|photo|photos_web|gallery|wall|live|assets|setup|pair|admin\/(pair|install|sw\.js))(\/|\?|$)/
