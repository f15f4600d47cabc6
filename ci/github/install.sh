#!/bin/bash
# Downloads the imgslim that this revision of the action knows the checksum of, and gives its path as the output
# "imgslim". Nothing is unpacked before its checksum is right.
#
# Environment: INPUT_VERSION  a version of the list, "" for the newest in it, "path" for the imgslim that is installed
#              IMGSLIM_BIN    with "path": this one, not the one on PATH
#              IMGSLIM_RELEASES    address of the releases, "…/releases/download"
#              IMGSLIM_CHECKSUMS   the list, else the one beside this script
#              RUNNER_TEMP, GITHUB_OUTPUT
set -euo pipefail

fail() {
  printf '::error title=imgslim::%s\n' "${1//[$'\r\n%']/ }"
  exit 1
}

is_loopback() { [[ $1 == http://127.0.0.1:* ]]; }

installed() {
  local binary=${IMGSLIM_BIN:-$(command -v imgslim || :)}
  [[ -n $binary && -x $binary ]] || fail "no imgslim is installed: put it on PATH, or set the input version to a release"
  printf '%s' "$binary"
}

platform() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo linux-amd64 ;;
    Linux-aarch64) echo linux-arm64 ;;
    *) fail "there is no release for $(uname -s) $(uname -m)" ;;
  esac
}

# Prints "CHECKSUM ARCHIVE" of the release that is wanted.
pinned() {
  local version=$1 platform=$2 list=${IMGSLIM_CHECKSUMS:-$(dirname "$0")/checksums}
  [[ $version =~ ^[0-9A-Za-z.+-]*$ ]] || fail "the version is no version"
  awk -v platform="$platform" -v archive="imgslim-$version-$platform.tar.gz" -v any="$([[ -z $version ]] && echo 1)" '
    $1 !~ /^[0-9a-f]+$/ || length($1) != 64 { next }
    any ? index($2, "-" platform ".tar.gz") : $2 == archive { print $1, $2; exit }' "$list"
}

download() {
  local version=$1 checksum archive directory release
  read -r checksum archive < <(pinned "$version" "$(platform)") ||
    fail "this revision of the action knows no release ${version:-at all}: take another revision, or version: path"
  [[ ${IMGSLIM_RELEASES:?} == https://* ]] || is_loopback "$IMGSLIM_RELEASES" || fail "releases come over https"
  directory=$RUNNER_TEMP/imgslim-install
  mkdir -p "$directory"
  release=${archive#imgslim-}
  release=v${release%-linux-*}
  curl -gfsSL --retry 3 --retry-delay "${IMGSLIM_RETRY_SECONDS:-2}" --connect-timeout 20 --max-time 300 \
    -o "$directory/$archive" "$IMGSLIM_RELEASES/$release/$archive" || fail "cannot download $archive of $release"
  echo "$checksum  $directory/$archive" | sha256sum --check --quiet --status ||
    fail "the checksum of $archive is not the one that the action pins: it is not used"
  tar -xzf "$directory/$archive" -C "$directory" --strip-components 2 "${archive%.tar.gz}/bin/imgslim"
  printf '%s' "$directory/imgslim"
}

if [[ ${INPUT_VERSION-} == path ]]; then binary=$(installed); else binary=$(download "${INPUT_VERSION-}"); fi || {
  printf '%s\n' "$binary"
  exit 1
}
"$binary" --version
printf 'imgslim=%s\n' "$binary" >>"$GITHUB_OUTPUT"
