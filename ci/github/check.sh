#!/bin/bash
# One run of `imgslim check` with all outputs: the page in the log, annotations, the JSON report, the comment, SARIF when
# it is wanted, and the job's summary. The verdict is an output, so that the comment is posted before the job fails.
#
# Environment: IMGSLIM_BIN, INPUT_IMAGE, INPUT_BASELINE, INPUT_CONFIG, INPUT_DOCKERFILE, INPUT_COMMENT_KEY,
#              INPUT_SARIF_FILE; RUNNER_TEMP, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY
set -euo pipefail

: "${IMGSLIM_BIN:?}" "${INPUT_IMAGE:?}" "${RUNNER_TEMP:?}" "${GITHUB_OUTPUT:?}"
directory=$RUNNER_TEMP/imgslim
mkdir -p "$directory"
report=$directory/report.json
markdown=$directory/comment.md
annotations=$directory/annotations
rm -f "$report" "$markdown" "$annotations"

# NAME, then the value on standard input: nobody who writes the value can guess the delimiter, and end it.
output() {
  local delimiter
  delimiter=imgslim-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  {
    printf '%s<<%s\n' "$1" "$delimiter"
    cat
    printf '\n%s\n' "$delimiter"
  } >>"$GITHUB_OUTPUT"
}

arguments=(-o text -o "json=$report" -o "markdown=$markdown" -o "github=$annotations")
[[ -z ${INPUT_BASELINE-} ]] || arguments+=(--baseline "$INPUT_BASELINE")
[[ -z ${INPUT_CONFIG-} ]] || arguments+=(--config "$INPUT_CONFIG")
[[ -z ${INPUT_DOCKERFILE-} ]] || arguments+=(--dockerfile "$INPUT_DOCKERFILE")
[[ -z ${INPUT_COMMENT_KEY-} ]] || arguments+=(--comment-key "$INPUT_COMMENT_KEY")
[[ -z ${INPUT_SARIF_FILE-} ]] || arguments+=(-o "sarif=$INPUT_SARIF_FILE")

# What begins with a dash is a file all the same.
image=$INPUT_IMAGE
[[ $image != -?* ]] || image=./$image
code=0
"$IMGSLIM_BIN" check "${arguments[@]}" "$image" || code=$?
if ((code > 1)); then
  echo "::error title=imgslim::the image could not be checked (exit code $code): see the log"
  exit "$code"
fi
cat "$annotations"
sed 1d "$markdown" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

if ((code == 0)); then printf passed; else printf failed; fi | output verdict
jq -j '.totals.payload_bytes' <"$report" | output unpacked
jq -j '.totals.compressed_bytes // empty' <"$report" | output pull
printf '%s' "$report" | output report
printf '%s' "$markdown" | output markdown
printf '%s' "$code" | output exit-code

# The baseline may be an image or a saved report; imgslim tells the difference of either.
if [[ -n ${INPUT_BASELINE-} ]]; then
  "$IMGSLIM_BIN" diff "$INPUT_BASELINE" "$report" -o json |
    jq -j '.totals.payload_bytes | .after - .before' | output delta
else
  printf '' | output delta
fi
