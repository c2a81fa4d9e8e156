#!/bin/bash
# What happens inside the bare root: ./run until it answers, ./run again, ./test, ./test again; and how long each took.
# Called by tests/bare/run; needs nothing but bash and coreutils.
set -uo pipefail
cd /srv/person/sallyport || exit 1
port=18480
export SALLYPORT_LISTEN=127.0.0.1:$port SALLYPORT_PRIVATE_LISTEN=127.0.0.1:$((port + 1))
figures=()
failed=0

now() { local t=$EPOCHREALTIME; echo "${t/[.,]/}"; }
since() { echo "$(($(now) - $1))" | awk '{ printf "%.1f s", $1 / 1000000 }'; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /healthz HTTP/1.0\r\nHost: localhost:%s\r\n\r\n' $port >&3 &&
    grep -q '^HTTP/1.. 200' <&3) 2>/dev/null; }

serve() {
    local what=$1 begun log=/tmp/run.log
    begun=$(now)
    ./run >"$log" 2>&1 &
    local pid=$!
    until answers; do
        if ! kill -0 $pid 2>/dev/null; then
            tail -40 "$log"
            figures+=("$what: FAILED") failed=1
            return
        fi
        sleep 0.02
    done
    figures+=("$what: $(since "$begun") until it answers; last line: $(tail -1 "$log")")
    kill -TERM $pid
    wait $pid
}

tests() {
    local what=$1 begun log=/tmp/test.log
    begun=$(now)
    ./test >"$log" 2>&1 || { failed=1; grep -vE '^(ok|same) ' "$log" | tail -150; }
    figures+=("$what: $(since "$begun"); last line: $(tail -1 "$log")")
}

for tool in clang++-19 g++ git curl node; do
    ! command -v $tool >/dev/null || { echo "this root is not bare: it has $tool"; exit 1; }
done
serve "first ./run"
serve "second ./run"
if [ -z "${RUN_ONLY:-}" ]; then
    tests "first ./test"
    tests "second ./test"
fi
printf '%s\n' "${figures[@]}"
exit $failed
