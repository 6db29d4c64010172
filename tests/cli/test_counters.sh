# SPDX-License-Identifier: Apache-2.0
# --counters: a run keeps the kinds of counters that it is asked for, and no others.
. "$(dirname "$0")/assert.sh"

"$program" gen --lines 20000 --providers 100 -o year >/dev/null 2>&1

# kinds NAME LIST EXPECTED: the kinds of provider_counts.csv, each once.
kinds() {
	exits "$1" 0 "$program" scan --force -q --no-timing --counters "$2" -o run year/claims.csv
	equal "$1: its kinds" "$3" \
		"$(tail -n +2 run/provider_counts.csv | cut -d , -f 3 | sort -u | tr '\n' ' ')"
}

kinds "all" all "digit em modifier month pos sumsq "
cp run/provider_counts.csv all.csv
equal "all: codes" yes "$([ "$(wc -l <run/provider_codes.csv)" -gt 1000 ] && echo yes)"
kinds "none" none ""
equal "none: no codes" 1 "$(wc -l <run/provider_codes.csv)"
for kind in digit em modifier month pos sumsq; do
	kinds "$kind alone" $kind "$kind "
	equal "$kind alone: its rows are those of all" \
		"$(grep ",$kind," all.csv | cksum)" "$(grep ",$kind," run/provider_counts.csv | cksum)"
done
kinds "two kinds and codes" em,codes,pos "em pos "
equal "two kinds and codes: codes" yes "$([ "$(wc -l <run/provider_codes.csv)" -gt 1000 ] && echo yes)"
exits "no such kind" 64 "$program" scan --counters moth year/claims.csv
says "no such kind: names them" month
