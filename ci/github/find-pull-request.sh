#!/bin/bash
# For a workflow_run job: the number and the head of the pull request that the run was for, as outputs "number" and
# "head"; both empty when there is none, or when it has moved on since.
#
# They come from the event and the service, never from the artifact: who made the pull request wrote that. GitHub leaves
# the event's list empty for forks; then the pull requests of the fork's branch are asked for, and the one counts whose
# head is the commit that ran.
#
# Environment: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_EVENT_PATH, GITHUB_OUTPUT
set -euo pipefail

: "${GITHUB_TOKEN:?}" "${GITHUB_REPOSITORY:?}" "${GITHUB_EVENT_PATH:?}" "${GITHUB_OUTPUT:?}"
api=${GITHUB_API_URL:-https://api.github.com}
from_event() { jq -r "$1 // empty" <"$GITHUB_EVENT_PATH"; }

head=$(from_event .workflow_run.head_sha)
[[ $head =~ ^[0-9a-f]{40,64}$ ]] || { echo "imgslim: the event is of no workflow run" >&2 && exit 1; }
owner=$(from_event .workflow_run.head_repository.owner.login)
branch=$(from_event .workflow_run.head_branch)

number=$(jq -r --arg head "$head" '[.workflow_run.pull_requests[]? | select(.head.sha == $head) | .number][0] // empty' \
  <"$GITHUB_EVENT_PATH")
if [[ -z $number ]]; then
  query=$(jq -rn --arg from "$owner:$branch" '$from | @uri')
  header=$(mktemp)
  trap 'rm -f "$header"' EXIT
  (umask 077 && printf 'header = "Authorization: Bearer %s"\n' "$GITHUB_TOKEN" >"$header")
  number=$(curl -gfsS --retry 4 --retry-delay "${IMGSLIM_RETRY_SECONDS:-2}" -K "$header" \
    "$api/repos/$GITHUB_REPOSITORY/pulls?state=open&per_page=100&head=$query" |
    jq -r --arg head "$head" '[.[] | select(.head.sha == $head) | .number][0] // empty')
fi
[[ $number =~ ^[0-9]*$ ]] || exit 1
[[ -n $number ]] || echo "imgslim: no open pull request has $head as its head" >&2
printf 'number=%s\nhead=%s\n' "$number" "${number:+$head}" >>"$GITHUB_OUTPUT"
