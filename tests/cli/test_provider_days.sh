# SPDX-License-Identifier: Apache-2.0
#
# Findings of a provider's day: what they add to dollars of lines that other
# rules found too, what they leave alone, and the same bytes whatever the way
# there.  Their cases are among tests/cli/history.
. "$(dirname "$0")/assert.sh"

cases() {
	: >expected
	awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk"
}

run() {
	name=$1
	shift
	exits "$name" 0 "$program" scan -q --no-timing --findings all --max-bad 100% --force "$@"
}

# column FILE NAME KEY: of the row whose first field, or third for rules of providers, is KEY.
column() {
	awk -F, -v name="$2" -v key="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		$1 == key { print $at }' "$1"
}

# 37 visits of 40 minutes; the first is beyond its MUE too, and has all of its 80 dollars.
cases <<'CASES'
p a/1 99215 2024-03-01 units=5 entity=1
p b/1 99215 2024-03-01 n=36 entity=1
CASES
run "a day and a line of it" --rules TIM-01,NCC-04 -o run claims.csv
equal "the day's dollars are its share, rounded once" 1040.00 "$(column run/rules.csv dollars TIM-01)"
equal "the line's are its amount" 80.00 "$(column run/rules.csv dollars NCC-04)"
equal "a line has the most of its findings" 1091.89 "$(column run/providers.csv dollars_flagged 1003000126)"
equal "all lines of the day are flagged, once" 37 "$(column run/providers.csv lines_flagged 1003000126)"
equal "both findings count" 2 "$(column run/providers.csv findings 1003000126)"
equal "what the day alone has found" 1011.89 "$(column run/rules.csv unique_dollars TIM-01)"
equal "the line is no longer one rule's" 0.00 "$(column run/rules.csv unique_dollars NCC-04)"
equal "neither supersedes the other" 0 "$(grep -c superseded_by run/findings.csv)"

# Two rules of days on the same lines, and nobody's lines beside them.
cases <<'CASES'
p a/1 97110 2024-03-01 units=8 n=20 entity=1
q a/1 97110 2024-03-01 units=8 n=20 entity=1 person=none
CASES
run "two rules of days" --rules TIM-01,SPC-05 -o run claims.csv
equal "twenty hours of therapy" "day_24h,therapist" \
	"$(awk -F, 'NR > 1 { print $2 }' run/findings.csv | LC_ALL=C sort | paste -sd,)"
equal "a line has the larger share of the two" \
	"$(awk -F, 'NR == FNR { if ($1 ~ /^(TIM-01|SPC-05)$/ && $14 > most) most = $14; next } END { print most }' run/rules.csv run/rules.csv)" \
	"$(column run/providers.csv dollars_flagged 1003000126)"

# The same under other ids: twice of all.
cases <<'CASES'
p a/1 99215 2024-03-01 n=37 entity=1
p b/1 97110 2024-03-02 units=9 entity=1
CASES
run "once" --rules TIM-01,SPC-05 -o once claims.csv
{ cat claims.csv; tail -n +2 claims.csv | sed 's/1003000126/1003000134/; s/^p/q/; s/,p,/,q,/; s/,p-/,q-/'; } >twice.csv
run "twice" --rules TIM-01,SPC-05 -o twice twice.csv
for rule in TIM-01 SPC-05; do
	for name in in_scope evaluated hits; do
		equal "$rule: twice $name" "$(($(column once/rules.csv $name $rule) * 2))" "$(column twice/rules.csv $name $rule)"
	done
done

# Many days, whatever the way there; the record of a line is spilled where memory is short.
exits "claims are made" 0 "$program" gen --lines 60000 --providers 400 --members 9000 --columns full --schemes all --seed 3 -o made
way() {
	name=$1
	shift
	run "$name" --rules TIM-01,TIM-02,SPC-05,EM,STA --providers made/providers.csv --report csv,json -o other "$@"
	for table in findings providers provider_rules rules; do
		cmp -s "base/$table.csv" "other/$table.csv" || { not_ok "$name: the same bytes" "$table differs"; return; }
	done
	ok "$name: the same bytes"
}
run "one thread" --rules TIM-01,TIM-02,SPC-05,EM,STA --providers made/providers.csv --report csv,json -o base -j1 made/claims.csv
equal "planted days are found" yes "$([ "$(column base/rules.csv hits TIM-01)" -gt 0 ] && echo yes)"
way "two threads" -j2 made/claims.csv
way "seven threads" -j7 made/claims.csv
way "little memory" -j2 --memory 60M made/claims.csv
{ head -n 1 made/claims.csv; tail -n +2 made/claims.csv | awk '{ print (NR * 7919) % 60013 "\t" $0 }' | sort -n -s -k1,1 | cut -f2-; } >shuffled.csv
way "shuffled" -j2 shuffled.csv
