#!/usr/bin/env bash
set -euo pipefail
if [[ ${1:-} == nginx ]]; then
  mkdir -p /var/cache/nginx
  echo "ready to start $1"
fi
exec "$@"
