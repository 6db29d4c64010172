# SPDX-License-Identifier: Apache-2.0
#
# INP-01 from claims to its row: hospitals' stays by base DRG and fiscal year.
# Peers of 30 are judged in tests/test_stats_case_mix.c; here two are counted.
. "$(dirname "$0")/assert.sh"

header='claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_end_date,admission_date,discharge_date,discharge_disposition_code,bill_type_code,drg_code,revenue_center_code,facility_npi,billing_npi,paid_amount,claim_line_start_date,claim_line_end_date'

# stays HOSPITAL FROM TO DRG COUNT: so many beneficiaries with a stay each.
stays() {
	number=0
	while [ "$number" -lt "$5" ]; do
		total=$((total + 1))
		number=$((number + 1))
		echo "c$total,1,institutional,p$total,$2,$3,$2,$3,01,111,$4,0120,$1,$1,1000,$2,$3"
	done
}

# hospital NPI: 12 in 291 to 293 that end by the thirtieth of September, 5 that end after it.
hospital() {
	stays "$1" 2024-09-26 2024-09-30 291 5
	stays "$1" 2024-09-26 2024-09-30 292 3
	stays "$1" 2024-09-26 2024-09-30 293 4
	stays "$1" 2024-09-26 2024-10-01 291 5
	stays "$1" 2024-09-26 2024-09-30 313 9
}

# figures: of the first hospital's row.
figures() {
	awk -F, '$1 == "1003000126" && $3 == "INP-01" { print $4, $7, $8 }' run/provider_rules.csv
}

total=0
{
	echo "$header"
	hospital 1003000126
	hospital 1003000134
} >claims.csv
exits "stays of two hospitals" 0 "$program" scan -q --no-timing --rules INP-01 -o run claims.csv
equal "by base and year; a year of five is left out, and no base" "medical 12 8" "$(figures)"
equal "two cannot flag" 0 "$(awk -F, '$3 == "INP-01" { sum += $5 } END { print sum + 0 }' run/provider_rules.csv)"
equal "in scope are all in bases with a split" 34 \
	"$(sed 's/"[^"]*"//g' run/rules.csv | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "in_scope") at = i } $1 == "INP-01" { print $at }')"

# A payer's own families: none but 313, which is with a CC here.
printf 'family,type,with_drgs,without_drgs\nchest,surgical,313,293\n' >families.csv
exits "families of one's own" 0 "$program" scan -q --no-timing --force --rules INP-01 \
	--table drg_families=families.csv -o run claims.csv
equal "instead of those that ship" "surgical 13 9" "$(figures)"
printf 'family,type,with_drgs,without_drgs\nchest,both,313,293\n' >families.csv
exits "a type that is none" 78 "$program" scan -q --force --rules INP-01 \
	--table drg_families=families.csv -o run claims.csv
says "with its line" ':2: type is none of the words'
