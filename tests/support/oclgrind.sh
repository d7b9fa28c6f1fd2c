#!/bin/sh
# Runs a command under Oclgrind and fails when it reports anything: bad accesses, races, uninitialised values.
#   oclgrind.sh [--of PREFIX] COMMAND...
# With --of only what kernels of that prefix did counts, not those of libraries. Without optimisation, because Oclgrind
# 21.10 does not know LLVM's `freeze`.
set -u
command -v oclgrind >/dev/null || { echo "skipped: oclgrind is not installed"; exit 77; }
log=$(mktemp)
findings=$(mktemp)
trap 'rm -f "$log" "$findings"' EXIT
prefix= most=20
if [ "$1" = --of ]; then
    prefix=$2 most=100000
    shift 2
fi
oclgrind --uninitialized --data-races --max-errors "$most" --build-options -cl-opt-disable --log "$log" "$@"
status=$?
if [ -n "$prefix" ]; then
    grep -B 1 -A 5 "Kernel: $prefix" "$log" >"$findings"
else
    cp "$log" "$findings"
fi
if [ -s "$findings" ]; then
    head -n 60 "$findings"
    exit 1
fi
exit $status
