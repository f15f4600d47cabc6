#!/bin/bash
# For a workflow_run job: gets the artifact that the first job uploaded and writes its report.json and base.json into a
# directory. The archive is not unpacked: two members are read by name, and not more than 64 MiB of each, for it is the
# work of whoever made the pull request.
#
# usage: fetch-reports.sh ARTIFACT DIRECTORY
# Environment: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_EVENT_PATH
set -euo pipefail

artifact=${1:?} directory=${2:?}
: "${GITHUB_TOKEN:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_EVENT_PATH:?}"
api=${GITHUB_API_URL:-https://api.github.com}
most_bytes=$((64 << 20))
run=$(jq -r '.workflow_run.id // empty' <"$GITHUB_EVENT_PATH")
[[ $run =~ ^[0-9]+$ ]] || { echo "imgslim: the event is of no workflow run" >&2 && exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(umask 077 && printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" >"$work/curl")
get() { curl -gfsSL --retry 4 --retry-delay "${IMGSLIM_RETRY_SECONDS:-2}" --max-filesize "$most_bytes" -K "$work/curl" "$@"; }

id=$(get "$api/repos/$GITHUB_REPOSITORY/actions/runs/$run/artifacts?per_page=100" |
  jq -r --arg name "$artifact" '[.artifacts[] | select(.name == $name and (.expired | not)) | .id][0] // empty')
[[ $id =~ ^[0-9]+$ ]] || { echo "imgslim: run $run has no such artifact" >&2 && exit 1; }
get -o "$work/artifact.zip" "$api/repos/$GITHUB_REPOSITORY/actions/artifacts/$id/zip"

mkdir -p "$directory"
for name in report.json base.json; do
  rm -f "$directory/$name"
  { unzip -p "$work/artifact.zip" "$name" 2>/dev/null || :; } | head -c "$most_bytes" >"$work/$name"
  [[ ! -s $work/$name ]] || cp "$work/$name" "$directory/$name"
done
[[ -s $directory/report.json ]] || { echo "imgslim: the artifact has no report.json" >&2 && exit 1; }
