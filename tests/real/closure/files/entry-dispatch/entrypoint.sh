#!/bin/bash
# One image, several commands.
set -e
: "${CACHE_MEGABYTES:=32}"
options=(-u memcache -l 127.0.0.1 -m "$CACHE_MEGABYTES")

run_server() {
  echo "starting with $CACHE_MEGABYTES MB"
  exec memcached "${options[@]}"
}

case "${1:-}" in
  server) shift; run_server "$@" ;;
  version) memcached -V ;;
  *) exec "$@" ;;
esac
