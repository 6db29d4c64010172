# SPDX-License-Identifier: Apache-2.0
#
# What the tests of the built program share.  Sourced; a script is called as
#	sh tests/cli/test_NAME.sh PROGRAM
# and says "ok NAME", "not ok NAME" or "skip NAME" a line.

program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
shared=$root/../shared
work=$(mktemp -d "${TMPDIR:-/tmp}/claimscan-cli.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work" || exit 1

ok() {
	printf 'ok %s\n' "$1"
}

not_ok() {
	printf 'not ok %s\n' "$1"
	shift
	[ $# = 0 ] || printf '   %s\n' "$@"
}

skip() {
	printf 'skip %s\n' "$*"
}

# equal NAME EXPECTED GOT
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "expected: $2" "got:      $3"
	fi
}

# exits NAME CODE COMMAND...: standard error stays in $work/stderr, output in $work/stdout.
exits() {
	exits_name=$1
	exits_code=$2
	shift 2
	"$@" >stdout 2>stderr </dev/null
	exits_got=$?
	if [ "$exits_got" = "$exits_code" ]; then
		ok "$exits_name"
	else
		not_ok "$exits_name" "expected exit $exits_code, got $exits_got: $*" "$(tail -n 5 stderr)"
	fi
}

# says NAME WORDS...: the last command's standard error has the words, any case.
says() {
	says_name=$1
	shift
	if grep -qi -- "$*" stderr; then
		ok "$says_name"
	else
		not_ok "$says_name" "expected: $*" "got:      $(tail -n 3 stderr)"
	fi
}

# A scan into $work/run, quietly, with what does not change from run to run.
scan() {
	"$program" scan -q --no-timing --report csv,json --force -o run "$@" </dev/null
}

# same NAME DIR DIR [FILE...]: every file (or those named) byte for byte.
same() {
	same_name=$1
	same_a=$2
	same_b=$3
	shift 3
	if [ $# = 0 ]; then
		same_told=$(diff -r "$same_a" "$same_b" 2>&1 | head -n 6)
	else
		same_told=$(for file in "$@"; do
			cmp "$same_a/$file" "$same_b/$file" 2>&1
		done)
	fi
	if [ -z "$same_told" ]; then
		ok "$same_name"
	else
		not_ok "$same_name" "$same_told"
	fi
}

# quality KEY: a number at the top of run/quality.json.
quality() {
	tr -d '\n' <run/quality.json | grep -oE "\"$1\": *[0-9]+" | head -n 1 | grep -oE '[0-9]+$'
}

# records = used + quarantined, always.
adds_up() {
	adds_records=$(quality records)
	adds_used=$(quality used)
	adds_bad=$(quarantined)
	equal "$1: records = used + quarantined" "$adds_records" $((adds_used + adds_bad))
}

# All that was quarantined, or of one reason.
quarantined() {
	tr -d '\n' <run/quality.json | sed 's/.*"quarantined": *{//; s/"fields".*//' |
		if [ $# = 0 ]; then
			grep -oE '"count": *[0-9]+'
		else
			grep -oE "\"$1\": *\{ *\"count\": *[0-9]+"
		fi | grep -oE '[0-9]+$' | awk '{ sum += $1 } END { print sum + 0 }'
}

# column FILE NAME: the cells of a column of a CSV whose cells hold no comma before it.
column() {
	awk -F, -v name="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		/"/ { # commas within quotes part nothing
			count = split($0, part, "\"")
			line = part[1]
			for (i = 2; i <= count; i++) {
				if (i % 2 == 0) gsub(/,/, ";", part[i])
				line = line "\"" part[i]
			}
			$0 = line
		}
		{ print $at }' "$1"
}

# The most memory that a command held, in KiB, read while it runs.
peak_kib() {
	"$@" >stdout 2>stderr </dev/null &
	peak_pid=$!
	peak=0
	while kill -0 $peak_pid 2>/dev/null; do
		peak_now=$(awk '/^VmHWM/ { print $2 }' /proc/$peak_pid/status 2>/dev/null)
		[ -z "$peak_now" ] || peak=$peak_now
		sleep 0.02
	done
	wait $peak_pid
	peak_exit=$?
	echo "$peak" >peak
}

# A header and three lines of two claims, in our own columns.
narrow_header=claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_end_date,place_of_service_code,service_unit_quantity,hcpcs_code,hcpcs_modifier_1,rendering_npi,billing_npi,paid_amount,allowed_amount,charge_amount,diagnosis_code_1,diagnosis_code_2,data_source
narrow_line() { # claim line code charge
	printf '%s,%s,professional,P1,2024-03-01,2024-03-01,11,1,%s,,1234567893,1234567893,80.00,100.00,%s,E119,,A\n' \
		"$1" "$2" "$3" "$4"
}
narrow_file() {
	echo "$narrow_header"
	narrow_line C1 1 99213 150.00
	narrow_line C1 2 80053 40.00
	narrow_line C2 1 99214 200.00
}
