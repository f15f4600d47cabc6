#!/bin/sh
# One comment for each image on a pull or merge request, kept up to date. Read by ci/github/post-comment.sh and
# ci/gitlab/post-note.sh, which say what differs between the two services; needs curl (or gh) and jq.
#
# The comment is ours when its first line is our marker for this key AND its author is the login that the token has: a
# marker that somebody else wrote is text. The marker also holds the run that wrote it:
#
#   <!-- imgslim:id=KEY head=SHA run=RUN attempt=N v=1 -->
#
# Rules, in this order: all pages are read; a comment of a newer run stays; a comment that says the same already is not
# touched (edits notify people); a comment is made only when there is something to say, and changed where there is one.
# Whatever the service refuses for want of rights (403: the token of a fork's pull request only reads) ends well, with
# the text in the job's summary or log. 429 and 5xx start over, from the reading on: a POST that was answered with 502
# may have worked.
#
# Environment: IMGSLIM_KEY (else the body's own), IMGSLIM_COMMENT (on-change, always), IMGSLIM_RETRY_SECONDS.
set -eu

# What a caller sets before it calls post_sticky BODY-FILE:
api=              # address of the service's API
first_page=       # of the comments
create_url=       # takes a new one
update_url=       # and "/ID": takes a changed one
update_method=    # PATCH or PUT
author_path=      # jq, of a comment: its author's login
author=           # ours
auth_header=      # with the token
head=             # commit of this run
run=              # its number
attempt=          # how often it was started

status=''
found_id=''
result=''

most_bytes=60000
most_pages=200

say() { printf 'imgslim: %s\n' "$1" >&2; }
fail() {
  say "$1"
  exit 1
}

# Text of the service for a log line: no control reaches the terminal, no line of its own the runner.
clean() { LC_ALL=C tr -d '\000-\037\177' | cut -c 1-300; }

start_work() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
}

# request METHOD URL [JSON-FILE]: sets status (000 without an answer), leaves $work/headers and $work/answer. The token
# goes through a private file: command lines are public.
request() {
  : >"$work/headers"
  : >"$work/answer"
  if [ "${IMGSLIM_USE_GH-}" = 1 ]; then
    request_by_gh "$@"
    return
  fi
  (umask 077 && printf 'header = "%s"\n' "$auth_header" >"$work/curl")
  set -- "$1" "$2" "${3-}"
  status=$(curl -gsS -K "$work/curl" -X "$1" ${3:+--data-binary "@$3"} -H 'Content-Type: application/json' \
    -H 'Accept: application/json' -H 'User-Agent: imgslim' --connect-timeout 10 --max-time 60 \
    -D "$work/headers" -o "$work/answer" -w '%{http_code}' "$2" 2>"$work/problem") || status=000
}

# gh has its own login, proxies and hosts; -i prints the headers before the answer.
request_by_gh() {
  gh api -i -X "$1" ${3:+--input "$3"} "$2" >"$work/raw" 2>"$work/problem" || :
  tr -d '\r' <"$work/raw" | sed '/^$/,$d' >"$work/headers"
  tr -d '\r' <"$work/raw" | sed '1,/^$/d' >"$work/answer"
  status=$(sed -n '1s/^HTTP[^ ]* \([0-9]\{3\}\).*/\1/p' "$work/headers")
  status=${status:-000}
}

header() {
  tr -d '\r' <"$work/headers" |
    awk -v name="$1:" 'tolower($1) == name { sub(/^[^ ]* +/, ""); value = $0 } END { print value }'
}

message() {
  if [ "$status" = 000 ]; then
    clean <"$work/problem"
  else
    jq -r '(.message // .error // empty) | tostring' <"$work/answer" 2>/dev/null | clean
  fi
}

# What the last status means for the whole: fine, again, forbidden or failed.
outcome() {
  case $status in
    2??) echo fine ;;
    000 | 429 | 5??) echo again ;;
    403) # rights, or the rate limit
      if [ "$(header x-ratelimit-remaining)" = 0 ] || [ -n "$(header retry-after)" ]; then echo again; else echo forbidden; fi
      ;;
    *) echo failed ;;
  esac
}

# patiently COMMAND: runs it, which sets result, and again while that is "again"; each pause is twice the one before.
patiently() {
  pause=${IMGSLIM_RETRY_SECONDS:-2}
  for try in 1 2 3 4 5; do
    "$@"
    if [ "$result" != again ]; then return 0; fi
    if [ "$try" = 5 ]; then break; fi
    asked=$(header retry-after)
    case $asked in '' | *[!0-9]*) asked=0 ;; esac
    if [ "$asked" -gt "$pause" ] && [ "$asked" -le 60 ]; then pause=$asked; fi
    say "the service answers $status: again in $pause s"
    sleep "$pause"
    pause=$((pause * 2))
  done
  fail "the service still answers $status: $(message)"
}

ask_who_we_are() {
  request GET "$api/user"
  result=$(outcome)
}

# The address of the next page, when it is one of the same service: the token goes nowhere else.
next_page() {
  next=$(header link | tr ',' '\n' | sed -n 's/^ *<\([^>]*\)>.*rel="next".*/\1/p')
  case $next in
    "$api"/*) printf '%s' "$next" ;;
  esac
}

marker_prefix() { printf '<!-- imgslim:id=%s ' "$key"; }

# Looks through all pages for our comment: found_id and $work/found, or an empty found_id. Fails with the status set.
find_comment() {
  found_id=
  page=$first_page
  pages=0
  while [ -n "$page" ] && [ "$pages" -lt "$most_pages" ]; do
    pages=$((pages + 1))
    request GET "$page"
    [ "$(outcome)" = fine ] || return 1
    jq --arg author "$author" --arg prefix "$(marker_prefix)" \
      "[.[] | select($author_path == \$author and (.body | startswith(\$prefix)))] | first // empty" \
      <"$work/answer" >"$work/ours" || fail "the list of comments is not what the service's manual says"
    if [ -s "$work/ours" ]; then
      found_id=$(jq -r .id <"$work/ours")
      jq -r .body <"$work/ours" | tr -d '\r' >"$work/found"
      return 0
    fi
    page=$(next_page)
  done
}

# marker_number NAME: what the marker of the comment that was found says, 0 without one.
marker_number() {
  number=$(sed -n "1s/^<!-- imgslim:.* $1=\([0-9]\{1,18\}\) .*-->\$/\1/p" "$work/found")
  printf '%s' "${number:-0}"
}

is_newer() {
  found_run=$(marker_number run)
  [ "$found_run" -gt "$run" ] || { [ "$found_run" -eq "$run" ] && [ "$(marker_number attempt)" -gt "$attempt" ]; }
}

# Whether the two say the same: all but the marker.
says_the_same() { [ "$(sed 1d "$work/found")" = "$(sed 1d "$work/body")" ]; }

# One try of the whole; result becomes what outcome says of it.
try_to_post() {
  if ! find_comment; then
    result=$(outcome)
    return
  fi
  result=fine
  if [ -z "$found_id" ] && [ "$is_worth_a_comment" = no ]; then
    say "no comment: $reason_for_silence"
  elif [ -n "$found_id" ] && is_newer; then
    say "the comment is of a newer run ($found_run): left as it is"
  elif [ -n "$found_id" ] && says_the_same; then
    say "the comment says the same already: left as it is"
  elif [ -n "$found_id" ]; then
    request "$update_method" "$update_url/$found_id" "$work/json"
    result=$(outcome)
    if [ "$result" = fine ]; then say "the comment is up to date now"; fi
  else
    request POST "$create_url" "$work/json"
    result=$(outcome)
    if [ "$result" = fine ]; then say "commented"; fi
  fi
}

# The body with this run's marker, as a file of its own and as JSON.
write_body() {
  first=$(sed -n 1p "$1")
  body_key=$(printf '%s\n' "$first" | sed -n 's/^<!-- imgslim:id=\([A-Za-z0-9._-]*\) .*-->$/\1/p')
  key=$(printf '%s' "${IMGSLIM_KEY:-${body_key:-image}}" | LC_ALL=C tr -c 'A-Za-z0-9._-' '-' | cut -c 1-100)
  change=$(printf '%s\n' "$first" | sed -n 's/^<!-- imgslim:.* change=\([a-z]*\) .*-->$/\1/p')
  {
    printf '<!-- imgslim:id=%s head=%s run=%s attempt=%s v=1 -->\n' "$key" "$head" "$run" "$attempt"
    case $first in '<!-- imgslim:'*) sed 1d "$1" ;; *) cat "$1" ;; esac
  } >"$work/body"
  if [ "$(wc -c <"$work/body")" -gt "$most_bytes" ]; then fail "$1 has more than $most_bytes bytes: nothing is posted"; fi
  jq -n --rawfile body "$work/body" '{body: $body}' >"$work/json"
}

decide() {
  is_worth_a_comment=yes
  case ${IMGSLIM_COMMENT:-on-change} in
    always) ;;
    on-change)
      reason_for_silence="nothing changed that is worth one"
      case $change in none | small) is_worth_a_comment=no ;; esac
      ;;
    *) fail "IMGSLIM_COMMENT is on-change or always, not $(printf '%s' "$IMGSLIM_COMMENT" | clean)" ;;
  esac
}

# Where the service lets us not comment, people still find the text.
fall_back() {
  say "the token may not comment here ($(message)); a pull request from a fork has such a token, see docs/ci.md"
  if [ -n "${GITHUB_STEP_SUMMARY-}" ] && [ "${IMGSLIM_SUMMARY-}" != written ]; then
    sed 1d "$work/body" >>"$GITHUB_STEP_SUMMARY"
    say "the report is in the job's summary"
  fi
}

post_sticky() {
  for number in "$run" "$attempt"; do
    case $number in '' | *[!0-9]*) fail "the run and its attempt are numbers, not \"$(printf '%s' "$number" | clean)\"" ;; esac
  done
  case $head in *[!0-9A-Za-z._-]*) fail "the head is a commit, not \"$(printf '%s' "$head" | clean)\"" ;; esac
  write_body "$1"
  decide
  patiently try_to_post
  case $result in
    forbidden) fall_back ;;
    failed) fail "the service answers $status: $(message)" ;;
  esac
}
