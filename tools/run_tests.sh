#!/bin/sh
# pytest on all cores. What fails there runs once more, alone: two browsers on two cores can keep
# each other from what a test waits for, and a fault of the code fails alone as well.
# tools/run_tests.sh PYTHON ARGUMENTS...
python=$1
shift
"$python" -m pytest -q -n auto --dist worksteal "$@"
code=$?
[ "$code" = 1 ] || exit "$code"
echo "==> what failed beside other tests, alone:"
exec "$python" -m pytest -q --last-failed --last-failed-no-failures none "$@"
