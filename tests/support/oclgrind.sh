#!/bin/sh
# Runs a command under Oclgrind and fails when it reports anything: bad accesses, races, uninitialised values.
# Without optimisation, because Oclgrind 21.10 does not know LLVM's `freeze`.
set -u
command -v oclgrind >/dev/null || { echo "skipped: oclgrind is not installed"; exit 77; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
oclgrind --uninitialized --data-races --max-errors 20 --build-options -cl-opt-disable --log "$log" "$@"
status=$?
if [ -s "$log" ]; then
    head -n 60 "$log"
    exit 1
fi
exit $status
