# Runs suites and counts what they report. Sourced by .ci/run.
set -euo pipefail

passed=0 failed=0 skipped=0

# Runs a command that counts nothing, such as an installation. Fails if that fails.
step() { # limit in seconds, command
  local code=0
  echo "== ${*:2}"
  timeout --kill-after=10 "$@" </dev/null 2>&1 || code=$?
  [ "$code" = 0 ] || add_failure "exit code $code"
  return "$code"
}

# Runs a suite and adds up its closing line:
#   tap       # { total: 12, pass: 9, fail: 2, skip: 1 }, without those that are 0
#   clients   clients: 39 pass, 0 FAIL, 1 known broken, 2 n/a, 0 not run
#   examples  examples: 9 pass, 0 FAIL, 0 not run
#   fuzz      5 passed, 0 failed
suite() { # tap, clients, examples or fuzz; limit in seconds; command
  local kind=$1 code=0 output line
  shift
  output=$(mktemp)
  echo "== ${*:2}"
  timeout --kill-after=10 "$@" </dev/null 2>&1 | tee "$output" || code=$?
  case $kind in
    tap)
      line=$(last_line '^# \{ total: ' "$output")
      add_up "$code" "$line" 'pass: ([0-9]+)' 'fail: ([0-9]+)' 'skip: ([0-9]+)'
      ;;
    fuzz)
      line=$(last_line '^[0-9]+ passed, [0-9]+ failed$' "$output")
      add_up "$code" "$line" '([0-9]+) passed' '([0-9]+) failed' '([0-9]+) skipped'
      ;;
    *)
      line=$(last_line "^$kind: " "$output")
      add_up "$code" "$line" '([0-9]+) pass' '([0-9]+) FAIL' '([0-9]+) not run'
      ;;
  esac
  rm -f "$output"
}

last_line() { # pattern, file
  grep -aE "$1" "$2" | tail -n 1 || true
}

# A suite with nothing to show for it counts as one failure.
add_up() { # exit code, closing line, patterns of the numbers passed, failed and skipped
  local pass fail
  pass=$(number "$3" "$2")
  fail=$(number "$4" "$2")
  passed=$((passed + pass))
  failed=$((failed + fail))
  skipped=$((skipped + $(number "$5" "$2")))
  if [ -z "$2" ]; then
    add_failure 'it ended without its closing line'
  elif [ "$fail" = 0 ] && [ "$1" != 0 ]; then
    add_failure "exit code $1"
  elif [ "$fail" = 0 ] && [ "$pass" = 0 ]; then
    add_failure 'nothing was run'
  fi
}

number() { # pattern with one group, line
  if [[ $2 =~ $1 ]]; then echo "${BASH_REMATCH[1]}"; else echo 0; fi
}

add_failure() { # reason
  echo "== failed: $1"
  failed=$((failed + 1))
}

# Prints `N passed, N failed`, and how many were skipped if any were. Exits with 1 if any failed.
finish() {
  local rest=''
  [ "$skipped" = 0 ] || rest=", $skipped skipped"
  echo "$passed passed, $failed failed$rest"
  [ "$failed" = 0 ] && [ "$passed" != 0 ]
  exit
}
