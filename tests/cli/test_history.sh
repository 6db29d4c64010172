# SPDX-License-Identifier: Apache-2.0
#
# Rules across claims: hand-made cases, ten that are hits and ten that are not
# at least (tests/cli/history), and the same findings whatever the threads, the
# order of the lines, the files and the memory.
. "$(dirname "$0")/assert.sh"

# The findings of a rule, as CLAIM,LINE,KIND; those that are superseded too.
found() {
	awk -F, -v rule="$2" '$1 == rule { print $4 "," $5 "," $2 }' "$1/findings.csv" | LC_ALL=C sort
}

# RULE.options: words for the command line; $cases_of is where tables of the cases are.
cases_of=$root/tests/cli/history
for cases in "$root"/tests/cli/history/*.cases; do
	rule=$(basename "$cases" .cases)
	rm -rf run expected claims.csv
	: >expected
	awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk" "$cases"
	options=$(cat "$cases_of/$rule.options" 2>/dev/null | sed "s|[$]cases_of|$cases_of|g")
	hits=$(grep -c '!' "$cases")
	clean=$(grep -o '^n[0-9]*' "$cases" | sort -u | wc -l)
	exits "$rule: a run" 0 "$program" scan -q --no-timing --rules "$rule" --findings all --max-bad 100% $options -o run claims.csv
	equal "$rule: at least ten cases of either kind" yes "$([ "$hits" -ge 10 ] && [ "$clean" -ge 10 ] && echo yes)"
	LC_ALL=C sort expected >expected.sorted
	equal "$rule: its cases" "" "$(found run "$rule" | diff expected.sorted -)"
	exits "$rule: a run with its lines in another order" 0 sh -c "
		{ head -n 1 claims.csv; tail -n +2 claims.csv | awk '{ print (NR * 7919) % 1009 \"\\t\" \$0 }' | sort -n | cut -f2-; } >other.csv
		rm -rf other && exec \"$program\" scan -q --no-timing --rules $rule --findings all --max-bad 100% $options -o other other.csv"
	equal "$rule: the same findings" "" "$(diff run/findings.csv other/findings.csv; diff run/providers.csv other/providers.csv)"
	exits "$rule: explained" 0 "$program" rules explain "$rule"
done

# Generated claims, every scheme planted: the same bytes whatever the way there.
exits "claims are made" 0 "$program" gen --lines 40000 --providers 500 --members 20000 --columns full --schemes all --seed 11 -o made
tables="findings.csv providers.csv provider_rules.csv rules.csv"

variant() {
	name=$1
	shift
	exits "$name" 0 "$program" scan -q --no-timing --report csv,json --findings all --force \
		--members made/members.csv --providers made/providers.csv -o "$@"
}

same_tables() {
	for table in $tables; do
		cmp -s "base/$table" "other/$table" || { not_ok "$1: the same bytes" "$table differs"; return; }
	done
	ok "$1: the same bytes"
}

variant "one thread" base -j1 made/claims.csv
variant "two threads" other -j2 made/claims.csv
same_tables "two threads"
variant "seven threads" other -j7 made/claims.csv
same_tables "seven threads"
variant "little memory" other -j2 --memory 57M made/claims.csv
same_tables "little memory"
{ head -n 1 made/claims.csv; tail -n +2 made/claims.csv | awk '{ print (NR * 7919) % 40009 "\t" $0 }' | sort -n -s -k1,1 | cut -f2-; } >shuffled.csv
variant "shuffled lines" other -j2 shuffled.csv
same_tables "shuffled lines"
mkdir cut
awk 'NR == 1 { head = $0; next } { file = "cut/part" NR % 3 ".csv"; if (!(file in seen)) { print head >file; seen[file] = 1 } print >file }' made/claims.csv
variant "three files" other -j2 cut/part0.csv cut/part1.csv cut/part2.csv
same_tables "three files"

# Labels count both lines of a pair, and each copy of a duplicate.
missed=$(awk -F, '
	FNR == 1 { next }
	FILENAME ~ /provider_rules/ { hits[$1 "," $3] = $8; next }
	$3 !~ /^(DUP-01|NCC-01|NCC-02)$/ { next }
	$4 == "planted" { want = $3 == "DUP-01" ? $5 : $5 / 2; if (hits[$1 "," $3] != want) print $1, $3, "want", want, "got", hits[$1 "," $3] + 0 }
	$4 == "decoy" && hits[$1 "," $3] > 0 { print $1, $3, "decoy", $2, "hit", hits[$1 "," $3] }
' base/provider_rules.csv made/labels.csv)
equal "what is planted is found, and no decoy" "" "$missed"
equal "beneficiaries are counted" \
	"$(awk -F, 'NR > 1 { id = $3 == "institutional" ? $26 : $23; print (id == "" ? $24 : id) "," $4 }' made/claims.csv | sort -u | wc -l | tr -d ' ')" \
	"$(awk -F, 'NR > 1 { sum += $10 } END { print sum + 0 }' base/providers.csv)"
