#!/usr/bin/env bash
# The service tests, on a private PostgreSQL from Debian's package, which is installed if missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  echo "Installing PostgreSQL ..." >&2
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
fi
exec python tests/services/postgres.py python -m pytest -q -m services "$@"
