#!/usr/bin/env bash
set -Eeo pipefail

prepare() {
	mkdir -p "$PGDATA"
	chmod 00700 "$PGDATA" || :
	if [ "$(id -u)" = '0' ]; then
		find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
	fi
}

make_database() {
	initdb --username=postgres --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-secret}") "$@"
	printf 'host all all all trust\n' >> "$PGDATA/pg_hba.conf"
}

main() {
	if [ "${1:0:1}" = '-' ]; then
		set -- postgres "$@"
	fi
	if [ "$1" = 'postgres' ]; then
		prepare
		if [ "$(id -u)" = '0' ]; then
			exec gosu postgres "$BASH_SOURCE" "$@"
		fi
		if [ ! -s "$PGDATA/PG_VERSION" ]; then
			make_database -A trust
			pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
			psql -d postgres -c 'select 1'
			pg_ctl -D "$PGDATA" -m fast -w stop
		fi
	fi
	exec "$@"
}

main "$@"
