#!/bin/bash
# Ends the job as `imgslim check` did, after everything was told.
set -euo pipefail
case ${IMGSLIM_EXIT_CODE-} in
  0) echo "imgslim: passed" ;;
  1)
    echo "::error title=imgslim::the image is over a budget or has findings that fail: see the summary"
    exit 1
    ;;
  *) exit 70 ;;
esac
