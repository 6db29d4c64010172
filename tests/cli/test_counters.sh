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

# ---- What rules say of counters that were not asked for ----

# state RULE: its state and reason in run/rules.csv.
state() {
	awk -F, -v rule="$1" '$1 == rule { print $(NF - 9), $(NF - 8) }' run/rules.csv
}
exits "codes are not asked for" 0 "$program" scan --force -q --no-timing --counters em -o run year/claims.csv
for rule in STA-05 STA-06; do
	equal "$rule says which counters it wants" \
		"not evaluable counters of codes were not asked for (--counters codes)" "$(state $rule)"
done
says "groups without a setting are warned about" "peer groups are formed without the setting"
says "... with the option" "--counters pos"
equal "... and have none" "unknown" "$(awk -F, 'NR > 1 && $6 != "" { split($6, part, "/"); print part[3] }' run/providers.csv | sort -u)"
exits "--explain says the same" 0 "$program" scan --explain --counters em year/claims.csv
equal "... of codes" 2 "$(grep -cE '^rule   STA-0[56]: not evaluable: counters of codes' stdout)"
exits "with codes and places" 0 "$program" scan --force -q --no-timing --counters em,codes,pos -o run year/claims.csv
equal "with codes and places nothing is warned about" "" "$(cat stderr)"
equal "with codes and places groups have settings" yes \
	"$(awk -F, 'NR > 1 && $6 ~ /\/office\// { some = "yes" } END { print some }' run/providers.csv)"
equal "with codes STA-06 does not want counters" 0 "$(state STA-06 | grep -c counters)"
exits "without rules" 0 "$program" scan --force -q --no-timing --rules none --counters em -o run year/claims.csv
equal "without rules nothing is warned about" "" "$(cat stderr)"

# ---- What rules say of tables that are not there: --explain as the run ----

exits "a run without tables" 0 "$program" scan --force -q --no-timing -o run year/claims.csv
exits "it is explained" 0 "$program" scan --explain year/claims.csv
for rule in CLN-01 INP-06 STA-11; do
	equal "$rule: --explain and the run say the same" "1 1" "$(grep -c "^rule   $rule: not evaluable: no " stdout) $(
		grep -F "$(sed -n "s/^rule   $rule: not evaluable: //p" stdout)" run/rules.csv | grep -c "^$rule,.*not evaluable")"
done
equal "PRV-01: the starter's list covers few" 1 \
	"$(grep -c '^rule   PRV-01: evaluable only for the NPIs 1000000000 to 1002999999' stdout)"
"$program" rules template coverage >coverage.csv
exits "with a table of coverage" 0 "$program" scan --explain --table coverage=coverage.csv year/claims.csv
equal "with a table of coverage CLN-01 is evaluable" 1 "$(grep -c '^rule   CLN-01: evaluable' stdout)"
