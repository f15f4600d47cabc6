#!/bin/sh
# Writes a note on a merge request of GitLab, or brings the note up to date that is there: see ci/sticky-comment.sh.
#
# usage: post-note.sh BODY.md
#
# BODY.md is what `imgslim check -o markdown=BODY.md` wrote. Environment, most of it set by the runner:
#   IMGSLIM_GITLAB_TOKEN    an access token with the scope "api" (the job's own token may not write notes)
#   CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, CI_COMMIT_SHA
#   CI_PIPELINE_ID, CI_JOB_ID    a job that runs again has a higher number
#   IMGSLIM_KEY             one note for each key; else the image's name
#   IMGSLIM_COMMENT         on-change (the default) or always
set -eu
# shellcheck source=ci/sticky-comment.sh
. "$(dirname "$0")/../sticky-comment.sh"

if [ $# -ne 1 ] || [ ! -r "$1" ]; then fail "usage: post-note.sh BODY.md"; fi
body_file=$1
if [ -z "${CI_MERGE_REQUEST_IID-}" ]; then
  say "no merge request, no note"
  exit 0
fi
: "${CI_API_V4_URL:?}" "${CI_PROJECT_ID:?}" "${CI_PIPELINE_ID:?}"
case $CI_MERGE_REQUEST_IID$CI_PROJECT_ID in *[!0-9]*) fail "the merge request and the project are numbers" ;; esac
if [ -z "${IMGSLIM_GITLAB_TOKEN-}" ]; then
  say "IMGSLIM_GITLAB_TOKEN is empty (a merge request from a fork does not get it): the report is in the job's artifacts"
  exit 0
fi
case $IMGSLIM_GITLAB_TOKEN in *[!A-Za-z0-9._-]*) fail "IMGSLIM_GITLAB_TOKEN holds what no token does" ;; esac

start_work
api=$CI_API_V4_URL
notes=$api/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
first_page="$notes?per_page=100&sort=asc&order_by=created_at"
create_url=$notes
update_url=$notes
update_method=PUT
author_path=.author.username
auth_header="PRIVATE-TOKEN: $IMGSLIM_GITLAB_TOKEN"
head=${CI_COMMIT_SHA-}
run=$CI_PIPELINE_ID
attempt=${CI_JOB_ID:-1}

patiently ask_who_we_are
if [ "$result" != fine ]; then
  fail "the service does not say whose the token is ($status: $(message)): it needs the scope api"
fi
author=$(jq -r .username <"$work/answer")
post_sticky "$body_file"
