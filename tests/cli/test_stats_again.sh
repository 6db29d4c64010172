# SPDX-License-Identifier: Apache-2.0
#
# Statistics against an independent reckoning of them (tests/oracle/stats.mjs):
# every row of a generated run, to the last printed figure.
. "$(dirname "$0")/assert.sh"

if ! command -v node >/dev/null 2>&1; then
	skip "statistics again: no node"
	exit 0
fi
exits "claims are made" 0 "$program" gen --lines 150000 --providers 1500 --members 15000 --months 12 --columns full --schemes all --seed 4 -o made
# A few categories of risk adjustment, so that INP-06 is judged too.
mkdir releases
{
	echo diagnosis_code,cc,model_name
	for code in E119 E1122 E1165 I5022 I509 J449 I4891 N183 F329 F330; do
		echo "$code,$((38 + $(printf %d "'$code") + ${#code})),CMS-HCC Model V28"
	done
} >releases/dx_to_cc_2026.csv
exits "they are scanned" 0 "$program" scan -q --no-timing --report csv -o run -c releases --members made/members.csv \
	--providers made/providers.csv made/claims.csv
node "$root/tests/oracle/stats.mjs" run made/labels.csv
for measure in 'STA-07,shared' 'STA-07,crowded_months' 'STA-07,top_patient' 'STA-08,cusum' 'STA-11,denied' \
	'SPC-05,constant_units' 'DUP-03,same_day' 'INP-06,categories'; do
	equal "$measure was among them" yes "$(grep -q ",$measure," run/provider_rules.csv && echo yes)"
done
