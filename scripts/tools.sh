#!/usr/bin/env bash
# Makes sure that what the tests need is installed: a real Redis, a real browser
# with fonts to draw in, and a C compiler for the race detector. Installs it on
# Debian, says what to install elsewhere.
set -euo pipefail

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if command -v apt-get >/dev/null && ! fc-list 2>/dev/null | grep -qi 'noto color emoji'; then
  missing+=(fontconfig fonts-dejavu-core fonts-noto-color-emoji) # other systems bring fonts of their own
fi
command -v "${CC:-gcc}" >/dev/null || missing+=(gcc libc6-dev)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo)
fi
if ! command -v apt-get >/dev/null || { [ ${#as_root[@]} -gt 0 ] && ! command -v sudo >/dev/null; }; then
  echo "The tests need what is not installed here: ${missing[*]}" >&2
  echo "Install it with your system's package manager (these are the names in Debian), so that redis-server and chromium are on the PATH." >&2
  echo "On macOS: brew install redis chromium. Then run make test again." >&2
  exit 1
fi

echo "Installing ${missing[*]}"
# Installing a server starts it on Debian, unless the runlevel is that of
# maintenance. The tests start their own.
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "${missing[@]}"
