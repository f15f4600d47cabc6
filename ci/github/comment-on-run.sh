#!/bin/bash
# The whole second half of the recipe that is safe with forks: finds the pull request of a finished run, gets its report,
# renders the comment and posts it. For a workflow_run job; see ci/github/examples/imgslim-comment.yml.
#
# Environment: as of install.sh, find-pull-request.sh, fetch-reports.sh and post-comment.sh; INPUT_ARTIFACT (else imgslim)
set -euo pipefail
here=$(dirname "$0")
: "${RUNNER_TEMP:?}" "${GITHUB_EVENT_PATH:?}"
reports=$RUNNER_TEMP/imgslim-reports
found=$(mktemp)
trap 'rm -f "$found"' EXIT

GITHUB_OUTPUT=$found "$here/find-pull-request.sh"
GITHUB_OUTPUT=$found "$here/install.sh"
value() { sed -n "s/^$1=//p" "$found"; }
[[ -n $(value number) ]] || exit 0

"$here/fetch-reports.sh" "${INPUT_ARTIFACT:-imgslim}" "$reports"
arguments=(-o "markdown=$reports/comment.md")
[[ ! -s $reports/base.json ]] || arguments+=(--baseline "$reports/base.json")
"$(value imgslim)" render "$reports/report.json" "${arguments[@]}"

# Which run is newer is told by the run that made the report, not by this one.
GITHUB_RUN_ID=$(jq -r '.workflow_run.id' <"$GITHUB_EVENT_PATH")
GITHUB_RUN_ATTEMPT=$(jq -r '.workflow_run.run_attempt // 1' <"$GITHUB_EVENT_PATH")
IMGSLIM_PULL_REQUEST=$(value number)
IMGSLIM_HEAD_SHA=$(value head)
export GITHUB_RUN_ID GITHUB_RUN_ATTEMPT IMGSLIM_PULL_REQUEST IMGSLIM_HEAD_SHA
"$here/post-comment.sh" "$reports/comment.md"
