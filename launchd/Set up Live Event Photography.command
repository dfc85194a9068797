#!/bin/sh
# The first set-up on a Mac, by a double click: fetches what is missing, starts the program at every login, and puts its app
# into Applications.
cd "$(dirname "$0")/.." || exit 1
fail() {
  echo
  echo "$1"
  echo "Press Return to close this window."
  read -r _
  exit 1
}
PATH="/opt/homebrew/bin:/usr/local/bin:$PATH"
command -v npm >/dev/null || fail "Node is missing. Install it from https://nodejs.org and double-click this file again."
npm run -s event -- --set-up || fail "The set-up did not finish. What is written above says why."
npm run -s agent -- install || fail "The program could not be started. What is written above says why."
npm run -s agent -- app && npm run -s agent -- open
echo
echo "Done. From now on open \"Live Event Photography\" in your Applications folder. This window can be closed."
