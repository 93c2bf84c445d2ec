#!/bin/sh
# Makes the secrets of docker-compose.yml, once; what is there stays as it is.
#
# The folder is closed to everybody else. The files in it are not, since the
# program reads them as user 65532 and Compose hands files on with the owner
# and mode that they have.
set -eu
umask 077
dir=$(dirname "$0")/secrets
mkdir -p "$dir"

if [ ! -s "$dir/postgres" ]; then
	openssl rand -hex 24 | tr -d '\n' >"$dir/postgres"
fi
if [ ! -s "$dir/pgpass" ]; then # the same for clients, in the form of libpq
	printf '*:*:*:lienthong:%s\n' "$(cat "$dir/postgres")" >"$dir/pgpass"
fi
if [ ! -s "$dir/portal" ]; then
	# The simulated portal takes any password; the real one has its own.
	openssl rand -hex 16 | tr -d '\n' >"$dir/portal"
fi
chmod 0444 "$dir/postgres" "$dir/pgpass" "$dir/portal"
