#!/bin/sh
# Prints the first Python which runs, has one of the versions named and can make a virtual
# environment; prints nothing, and fails, where there is none.  tools/find_python.sh 3.12 3.13
for version in "$@"; do
  for python in "python$version" "$HOME"/.pyenv/versions/"$version"*/bin/python3 python3 python; do
    if "$python" -c "import ensurepip, sys, venv
sys.exit('%d.%d' % sys.version_info[:2] != '$version')" >/dev/null 2>&1; then
      "$python" -c 'import sys; print(sys.executable)'
      exit 0
    fi
  done
done
exit 1
