#!/usr/bin/env bash
# Installs what the snippets are compiled with: Go, the crates that Debian packages, and Rust where
# there is none. Does nothing where all of it is there. For Debian and its like, as root or by sudo.
set -euo pipefail

wanted=(
  golang-go golang-golang-x-sync-dev golang-golang-x-time-dev
  librust-futures-dev librust-rayon-dev
  librust-tokio-dev librust-tokio-stream-dev librust-tokio-util-dev
)
command -v cargo >/dev/null || wanted+=(cargo-web rustc-web rust-web-clippy)
command -v cc >/dev/null || wanted+=(gcc libc6-dev)
command -v python3 >/dev/null || wanted+=(python3)

missing=()
for it in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$it" 2>/dev/null | grep -q 'install ok installed' || missing+=("$it")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Installing ${missing[*]}…" >&2
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
