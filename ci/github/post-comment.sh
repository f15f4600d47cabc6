#!/bin/sh
# Comments on a pull request of GitHub, or brings the comment up to date that is there: see ci/sticky-comment.sh.
#
# usage: post-comment.sh BODY.md
#
# BODY.md is what `imgslim check -o markdown=BODY.md` or `imgslim render report.json -o markdown=BODY.md` wrote.
# Environment, most of it set by the runner:
#   GITHUB_TOKEN            with "pull-requests: write"
#   GITHUB_REPOSITORY       OWNER/NAME
#   GITHUB_API_URL          else https://api.github.com
#   GITHUB_EVENT_PATH       of a pull_request event: the number and the head
#   GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT
#   IMGSLIM_PULL_REQUEST, IMGSLIM_HEAD_SHA     in place of what the event says
#   IMGSLIM_KEY             one comment for each key; else the image's name
#   IMGSLIM_COMMENT         on-change (the default): no new comment when next to nothing changed; always
#   IMGSLIM_COMMENT_AUTHOR  login of the token, where it cannot ask for its own and is not github-actions[bot]
#   IMGSLIM_USE_GH=1        asks through `gh api` and its login, not curl
set -eu
# shellcheck source=ci/sticky-comment.sh
. "$(dirname "$0")/../sticky-comment.sh"

if [ $# -ne 1 ] || [ ! -r "$1" ]; then fail "usage: post-comment.sh BODY.md"; fi
body_file=$1
: "${GITHUB_REPOSITORY:?}" "${GITHUB_RUN_ID:?}"

from_event() {
  if [ -r "${GITHUB_EVENT_PATH-}" ]; then jq -r "$1 // empty" <"$GITHUB_EVENT_PATH"; fi
}

number=${IMGSLIM_PULL_REQUEST:-$(from_event .pull_request.number)}
if [ -z "$number" ]; then
  say "no pull request, no comment"
  exit 0
fi
case $number in *[!0-9]*) fail "the pull request is a number" ;; esac
case $GITHUB_REPOSITORY in *[!A-Za-z0-9._/-]* | *..*) fail "GITHUB_REPOSITORY is OWNER/NAME" ;; esac
case ${GITHUB_TOKEN-} in *[!A-Za-z0-9._-]*) fail "GITHUB_TOKEN holds what no token does" ;; esac
if [ -z "${GITHUB_TOKEN-}" ] && [ "${IMGSLIM_USE_GH-}" != 1 ]; then fail "GITHUB_TOKEN is empty"; fi

start_work
api=${GITHUB_API_URL:-https://api.github.com}
issues=$api/repos/$GITHUB_REPOSITORY/issues
first_page="$issues/$number/comments?per_page=100"
create_url="$issues/$number/comments"
update_url="$issues/comments"
update_method=PATCH
author_path=.user.login
auth_header="Authorization: Bearer ${GITHUB_TOKEN-}"
head="${IMGSLIM_HEAD_SHA:-$(from_event .pull_request.head.sha)}"
run=$GITHUB_RUN_ID
attempt="${GITHUB_RUN_ATTEMPT:-1}"

# The token of a workflow may not ask who it is (403): it is github-actions[bot].
author=${IMGSLIM_COMMENT_AUTHOR-}
if [ -z "$author" ]; then
  patiently ask_who_we_are
  if [ "$result" = fine ]; then author=$(jq -r .login <"$work/answer"); fi
  author=${author:-github-actions[bot]}
fi
post_sticky "$body_file"
