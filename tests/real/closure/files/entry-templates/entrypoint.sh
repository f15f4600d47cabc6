#!/bin/sh
set -e
if [ "$1" = "nginx" ] || [ "$1" = "nginx-debug" ]; then
	if find "/entrypoint.d/" -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null | read v; then
		for f in $(find "/entrypoint.d/" -follow -type f -print | sort -V); do
			case "$f" in
				*.sh) if [ -x "$f" ]; then "$f"; fi ;;
			esac
		done
	fi
fi
exec "$@"
