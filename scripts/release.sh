#!/usr/bin/env bash
# Builds what a release consists of into dist/: one static program for each
# platform, its bill of materials, and the checksums of all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rm -rf dist
mkdir dist
for platform in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64; do
  os="${platform%/*}" arch="${platform#*/}"
  name="alignbot_${os}_${arch}"
  GOOS="$os" GOARCH="$arch" CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "dist/$name" ./cmd/alignbot
  # Built for another platform, it cannot be asked itself: the reader of its
  # build information is the one of this machine.
  go run ./cmd/alignbot version --sbom "dist/$name" >"dist/$name.cdx.json"
done
cp LICENSE README.md CHANGELOG.md PRIVACY.md config.example.yaml deploy/alignbot.service dist/
(cd dist && sha256sum -- * >SHA256SUMS)
cat dist/SHA256SUMS
