#!/bin/sh
set -e
# comment with ' quote
if [ "${1#-}" != "$1" ] || [ -z "$1" ]; then set -- server "$@"; fi
case "$1" in
  server | (daemon) ) [ "$(id -u)" = '0' ] && exec gosu app "$0" "$@" ;;
  *) echo "run: $* ${X:-"a b"} ${Y:=c} ${#Z} ${Z%%.*} `echo \`date\`` $((1 + ${N:-2}))" >&2 ;;
esac
for f in /docker-entrypoint.d/*.sh; do . "$f" || true; done
while read -r line; do echo "$line"; done <<EOF
a $X \$Y
$(cat <<'INNER'
$raw
INNER
)
EOF
until false; do break; done
f() { local a=1; return 0; } 2>/dev/null
( cd / && pwd ) | cat &
exec "$@"
