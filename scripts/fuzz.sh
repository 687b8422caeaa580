#!/usr/bin/env bash
# Runs every fuzz target for the time given, one after another: go test takes
# one target at a time. One line a target; of one that found something, its
# output too, with the file the finding is in: it belongs to the repository with
# what mends it. Words after the time choose targets by a part of their name.
set -euo pipefail
time="$1"
shift
said="$(mktemp)"
trap 'rm -f "$said"' EXIT
failed=0

while read -r package; do
  while read -r target; do
    chosen=$(($# == 0))
    for part in "$@"; do [[ "$target" == *"$part"* ]] && chosen=1; done
    ((chosen)) || continue
    if go test -run='^$' -fuzz="^$target\$" -fuzztime="$time" -fuzzminimizetime=10x "$package" >"$said" 2>&1; then
      inputs="$(grep -o 'execs: [0-9]*' "$said" | tail -n1 | grep -o '[0-9]*' || echo 0)"
      printf 'ok    %-24s %-28s %9s inputs\n' "$package" "$target" "$inputs"
    elif grep -q 'build failed' "$said"; then
      cat "$said"
      exit 1
    else
      failed=$((failed + 1))
      found="$(grep -o 'testdata/fuzz/[^ ]*' "$said" | head -n1 || true)"
      printf 'FAIL  %-24s %-28s %s\n' "$package" "$target" "${found:+$package/$found}"
      grep -v '^fuzz: elapsed' "$said" || true
    fi
  done < <(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | cut -c6- | sort)
done < <(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -r -n1 dirname | sort -u)

if ((failed)); then
  echo "$failed fuzz targets failed"
  exit 1
fi
