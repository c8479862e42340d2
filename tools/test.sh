#!/bin/sh
# Runs the whole suite with the pytest that is named, as two processes at once: faults, take-overs and the soak
# wait for clocks most of their time, and have control planes of their own.
set -u
pytest=$1
log=$(mktemp)
"$pytest" tests/faults tests/soak tests/ha >"$log" 2>&1 &
faults=$!
trap 'kill "$faults" 2>/dev/null; rm -f "$log"' EXIT
trap 'exit 130' INT TERM
"$pytest" tests --ignore=tests/faults --ignore=tests/soak --ignore=tests/ha
others=$?
echo "== tests/faults tests/soak tests/ha"
wait "$faults"
waited=$?
cat "$log"
test "$others" -eq 0 && test "$waited" -eq 0
