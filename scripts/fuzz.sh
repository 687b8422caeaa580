#!/usr/bin/env bash
# Runs every fuzz target for the time given, one after another: go test takes
# one target at a time.
set -euo pipefail
time="$1"

grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -r -n1 dirname | sort -u | while read -r package; do
  go test -list '^Fuzz' "$package" | grep '^Fuzz' | while read -r target; do
    echo "$package $target"
    go test -run='^$' -fuzz="^$target\$" -fuzztime="$time" -fuzzminimizetime=10x "$package"
  done
done
