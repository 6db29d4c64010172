# SPDX-License-Identifier: Apache-2.0
#
# What reviewers decided becomes weights of rules, and these move dollars
# expected and scores.  Figures are reckoned by hand, with a prior of 20.
. "$(dirname "$0")/assert.sh"

header=npi,id_kind,rule,measure,claim_id,line,decision,dollars_flagged,dollars_recovered,date
# decisions COUNT RULE DECISION FLAGGED RECOVERED: each of a claim of its own.
claim=0
decisions() {
	for _ in $(seq "$1"); do
		claim=$((claim + 1))
		printf '1003000126,npi,%s,,C%04d,1,%s,%s,%s,2024-05-02\n' "$2" $claim "$3" "$4" "$5"
	done
}
# weight RULE COLUMN
weight() {
	awk -F, -v rule="$1" -v column="$2" '$1 == rule { print $column }' weights.csv
}
learn() {
	"$program" calibrate -q "$@" decided.csv >weights.csv 2>stderr </dev/null
}

{
	echo $header
	decisions 30 NCC-04 confirmed 100.00 80.00
	decisions 10 NCC-04 partial 100.00 40.00
	decisions 40 NCC-04 cleared 100.00 0.00
	decisions 5 NCC-04 open '' ''
	decisions 20 PRV-01 cleared 10.00 0.00
	decisions 3 EM-01 confirmed '' ''
} >decided.csv
learn
# medium: (40 + 20 * 0.3) / (80 + 20)
equal "precision is shrunk to the severity's" NCC-04,medium,0.460000 "$(grep '^NCC-04' weights.csv | cut -d, -f1-3)"
# of $4,000 flagged $2,800 came back, of 40; 20 more of $100 each, all back: (2800 + 2000) / 6000
equal "recoverable is shrunk to 1" 0.800000 "$(weight NCC-04 4)"
equal "reviewed, confirmed or partial" 80,40 "$(weight NCC-04 5),$(weight NCC-04 6)"
# high: 20 * 0.6 / 40
equal "a rule that was always cleared" 0.300000,1.000000,20,0 "$(grep '^PRV-01' weights.csv | cut -d, -f3-6)"
# (3 + 6) / 23
equal "a few decisions change little" 0.391304,1.000000,3,3 "$(grep '^EM-01' weights.csv | cut -d, -f3-6)"
equal "severities are as shipped" ",high,0.600000,1.000000,, ,medium,0.300000,1.000000,, ,low,0.100000,1.000000,, ,info,0.000000,1.000000,, " \
	"$(grep '^,' weights.csv | tr '\n' ' ')"
equal "rules are in order" "EM-01 NCC-04 PRV-01 " "$(tail -n +6 weights.csv | cut -d, -f1 | tr '\n' ' ')"
cp weights.csv first.csv
(echo $header && tail -n +2 decided.csv | sort -r) >backwards.csv
mv backwards.csv decided.csv
learn
equal "the order of decisions cannot show" "" "$(cmp weights.csv first.csv 2>&1)"
learn --prior 0
equal "without a prior: what was seen" 0.500000,0.700000 "$(grep '^NCC-04' weights.csv | cut -d, -f3-4)"

{
	echo $header
	echo 1003000126,npi,NCC-04,,C1,1,confirmed,,,2024-05-02
	echo 1003000126,npi,NCC-04,,C1,1,cleared,,,2024-06-02
	echo 1003000126,npi,NCC-04,,C1,2,confirmed,,,
	echo ,,NCC-04,,,,confirmed,,,
	echo ,,NCC-04,,,,confirmed,,,
} >decided.csv
learn
equal "the latest decision on a unit stands, rows without one are each their own" 4,3 \
	"$(weight NCC-04 5),$(weight NCC-04 6)"
exits "what it says" 0 "$program" calibrate decided.csv
says "what it says" "4 decisions on 1 rules, 3 of them confirmed or partial"

exits "claims are made" 0 "$program" gen --lines 100000 --providers 800 --members 10000 --columns full --seed 3 -o made
scan() {
	"$program" scan -q --no-timing --force --report csv,json --members made/members.csv \
		--providers made/providers.csv -o "$@" made/claims.csv
}
exits "a scan" 0 scan plain
printf '%s\n' $header >decided.csv
learn
exits "by weights learnt of nothing" 0 scan usual --table precision_weights=weights.csv
same "changes nothing" plain usual providers.csv
{
	echo $header
	decisions 80 PRV-01 cleared 10.00 0.00
} >decided.csv
learn
exits "by weights that say an exclusion is seldom right" 0 scan learnt --table precision_weights=weights.csv
excluded=$(awk -F, '$2 == "excluded_provider" { print $1; exit }' made/labels.csv)
# 20 * 0.6 / 100 against 0.6, of a provider with no other finding that has dollars
equal "its dollars expected are a fifth" "$(awk -F, -v npi="$excluded" '
	$1 == npi { printf "%.0f", $18 * 0.2 }' plain/providers.csv)" "$(awk -F, -v npi="$excluded" '
	$1 == npi { printf "%.0f", $18 }' learnt/providers.csv)"
equal "the manifest has a hash of the table" 1 "$(grep -c '"table precision_weights"' learnt/manifest.json)"

printf '%s\n1,npi,NCC-99,,C,1,confirmed,,,\n' $header >decided.csv
exits "no such rule" 78 "$program" calibrate decided.csv
says "no such rule: where" "decided.csv:2: there is no such rule"
printf '%s\n1,npi,NCC-04,,C,1,perhaps,,,\n' $header >decided.csv
exits "no such decision" 78 "$program" calibrate decided.csv
says "no such decision: where" "decided.csv:2: decision is none of the words allowed"
printf 'rule,decision\n' >decided.csv
exits "another header" 78 "$program" calibrate decided.csv
exits "no file" 66 "$program" calibrate nothing.csv
exits "no operand" 64 "$program" calibrate
printf 'rule,severity,precision,recoverable\nNCC-04,medium,1.5,1\n' >weights.csv
exits "a share above 1" 78 scan run --table precision_weights=weights.csv
says "a share above 1: where" "precision_weights:2: a share is above 1"
printf 'rule,severity,precision,recoverable\nNCC-04,medium,0.5,1\nNCC-04,low,0.5,1\n' >weights.csv
exits "a rule twice" 78 scan run --table precision_weights=weights.csv
says "a rule twice: where" "the rule has two rows"
