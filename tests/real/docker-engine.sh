# shellcheck shell=bash
# A private Docker Engine: own data, sockets and pid file, so that an engine of the machine is neither used nor disturbed.
#
# usage: source docker-engine.sh
#   start_engine DIR   0 and DOCKER_HOST exported once it answers; 1 with engine_missing set to the reason
#   stop_engine        ends what start_engine started; safe to call twice
#   load_image FILE    loads a docker-archive and prints the id of its image

engine_pid=""
engine_dir=""
engine_missing=""

start_engine() {
  local dir=$1
  if [[ $(id -u) -ne 0 ]]; then
    engine_missing="a private Docker Engine needs root"
    return 1
  fi
  if ! command -v dockerd >/dev/null || ! command -v containerd >/dev/null; then
    engine_missing="dockerd is not installed (docker.io; ci/install-deps --real)"
    return 1
  fi
  mkdir -p "$dir"
  engine_dir=$(mktemp -d /tmp/imgslim-docker.XXXXXX) # a socket's path has at most 107 bytes
  # A session of its own, so that ^C reaches the caller's trap first.
  setsid dockerd --bridge=none --iptables=false --ip6tables=false --storage-driver=overlay2 \
    --data-root "$dir/data" --exec-root "$engine_dir/exec" -p "$engine_dir/pid" -H "unix://$engine_dir/sock" \
    >"$dir/dockerd.log" 2>&1 &
  engine_pid=$!
  export DOCKER_HOST="unix://$engine_dir/sock"
  local tenths
  for ((tenths = 0; tenths < 300; ++tenths)); do
    if docker version >/dev/null 2>&1; then return 0; fi
    if ! kill -0 "$engine_pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  engine_missing="dockerd does not start here: $(grep -o 'msg=.*\|failed.*' "$dir/dockerd.log" | tail -n 1)"
  stop_engine
  return 1
}

stop_engine() {
  if [[ -n $engine_pid ]]; then
    kill "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
    engine_pid=""
  fi
  if [[ -n $engine_dir ]]; then
    rm -rf "$engine_dir"
    engine_dir=""
  fi
  unset DOCKER_HOST
}

load_image() {
  local loaded
  loaded=$(docker load --input "$1") || return 1
  sed -n 's/^Loaded image\( ID\)\{0,1\}: //p' <<<"$loaded" | head -n 1
}
