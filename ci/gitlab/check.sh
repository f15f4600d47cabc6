#!/bin/sh
# The job of ci/gitlab/templates/imgslim.yml: one run of `imgslim check`, the note, and then the verdict.
#
# Environment: INPUT_IMAGE, INPUT_DOCKERFILE, INPUT_BASELINE, IMGSLIM_BIN (else on PATH); IMGSLIM_COMMENT=never for no
# note; the rest as of post-note.sh. Writes imgslim.json, imgslim.md and gl-code-quality.json.
set -eu

: "${INPUT_IMAGE:?}"
set -- -o text -o json=imgslim.json -o markdown=imgslim.md -o gitlab=gl-code-quality.json
if [ -n "${INPUT_DOCKERFILE-}" ]; then set -- "$@" --dockerfile "$INPUT_DOCKERFILE"; fi
if [ -n "${INPUT_BASELINE-}" ]; then set -- "$@" --baseline "$INPUT_BASELINE"; fi
# What begins with a dash is a file all the same.
case $INPUT_IMAGE in -?*) INPUT_IMAGE=./$INPUT_IMAGE ;; esac
code=0
"${IMGSLIM_BIN:-imgslim}" check "$@" "$INPUT_IMAGE" || code=$?
if [ "$code" -le 1 ] && [ "${IMGSLIM_COMMENT:-on-change}" != never ]; then
  "$(dirname "$0")/post-note.sh" imgslim.md
fi
exit "$code"
