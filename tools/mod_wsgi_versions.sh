#!/usr/bin/env bash
# Run the proofs on a real httpd against mod_wsgi versions built from PyPI, and print one row of a table for each.
# Needs apxs (apache2-dev), a C compiler and the headers of the Python that mod_wsgi is to embed (python3-dev).
#   tools/mod_wsgi_versions.sh [VERSION ...]
set -euo pipefail
cd "$(dirname "$0")/.."
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(5.0.2 6.1.1)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
embedded=${MOD_WSGI_PYTHON:-/usr/bin/python3}
echo "| mod_wsgi | result | cases and probes | real configurations |"
echo "|---|---|---|---|"
status=0
# The last line of the run's log with a pattern, up to its first semicolon.
line_of() { grep -E "$1" "$log" | tail -1 | sed -E 's/^real configurations: //; s/;.*//'; }
run() {
    local name=$1 log=$build/$1.log code=0
    MODWSGI_FIX_REQUIRE_HTTPD=1 .venv/bin/python -m pytest -q -n 3 tests/httpd >"$log" 2>&1 || code=$?
    [ $code -eq 0 ] || { status=1; grep -E '^(FAILED|ERROR)' "$log" >&2 || tail -5 "$log" >&2; }
    echo "| $name | $(tail -1 "$log" | sed -E 's/ in [0-9.]+s.*//') | $(line_of ' cases, ') | $(line_of '^real configurations: ') |"
}
run "installed"
for version in "${versions[@]}"; do
    "$embedded" -m venv "$build/$version"
    # pip would keep a wheel that was built for another httpd.
    "$build/$version/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir --no-binary mod_wsgi \
        "mod_wsgi==$version" >"$build/$version.build" 2>&1 || { tail -5 "$build/$version.build" >&2; exit 2; }
    MODWSGI_FIX_WSGI_SO=$(find "$build/$version" -name 'mod_wsgi*.so' | head -n 1)
    export MODWSGI_FIX_WSGI_SO
    run "$version"
done
exit $status
