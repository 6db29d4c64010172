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

# INP-03: stays in a DRG with a CC or an MCC, by how many of these are among the
# secondary diagnoses; the loaded list of DRGs says which DRGs these are.
mkdir releases
printf '"drg","mdc","drg_abb","drg_description"\n%s\n%s\n%s\n%s\n' '"291","05","M","HEART FAILURE WITH MCC"' \
	'"292","05","M","HEART FAILURE WITH CC"' '"293","05","M","HEART FAILURE WITHOUT CC/MCC"' \
	'"313","04","M","CHEST PAIN"' >releases/msdrg_v41_1_list.csv
printf '"icd_code","icd_description","dx_type"\n%s\n%s\n' '"N17.9","Kidney failure","CC"' \
	'"E43","Malnutrition","CC"' >releases/msdrg_v41_1_cc.csv
printf '"icd_code","icd_description","dx_type"\n%s\n' '"J96.01","Respiratory failure","MCC"' >releases/msdrg_v41_1_mcc.csv

# severe NAME COUNT DRG DX2 DX3 [TO]: stays with a principal diagnosis and these.
severe() {
	number=0
	while [ "$number" -lt "$2" ]; do
		total=$((total + 1))
		number=$((number + 1))
		echo "$1$total,1,institutional,p$total,2024-07-01,${6:-2024-07-05},2024-07-01,${6:-2024-07-05},01,111,$3,0120,1003000126,1003000126,1000,2024-07-01,${6:-2024-07-05},I5022,$4,$5"
	done
}

# single [ROWS...]: evaluated and hits of those in the file.
single() {
	{
		echo "$header,diagnosis_code_1,diagnosis_code_2,diagnosis_code_3"
		cat
	} >severe.csv
	exits "$1" 0 "$program" scan -q --no-timing --force --rules INP-03 -c releases --report csv -o run severe.csv
	equal "$1: evaluated, with one" "$2" \
		"$(awk -F, '$3 == "INP-03" && $4 == "single_cc_mcc" { print $7, $8 }' run/provider_rules.csv)"
}
severe a 12 291 J9601 I10 | single "one MCC" "12 12"
severe a 12 292 I10 N179 | single "one CC" "12 12"
severe a 12 292 E43 E43 | single "the same twice" "12 12"
{ severe a 12 291 J9601 ""; severe b 12 293 "" ""; } | single "those without are no part" "12 12"
{ severe a 6 291 J9601 ""; severe b 6 292 N179 E43; } | single "half of them" "12 6"
{ severe a 12 291 J9601 ""; severe b 3 313 N179 ""; } | single "no base that is split" "12 12"
{ severe a 12 292 N179 ""; severe b 12 291 J9601 N179; } | single "one, and several" "24 12"
severe a 12 291 E43 I10 2024-09-29 | single "to the end of the list's days" "12 12"
{ severe a 12 292 N179 ""; severe b 4 292 N179 "" 2024-10-05; } | single "beyond these days nothing is known" "12 12"
{ severe a 12 292 N179 "" | sed 's/,01,111,/,20,111,/'; } | single "deaths count" "12 12"
severe a 12 291 N179 J9601 | single "two" "12 0"
severe a 12 291 I10 I10 | single "none" "12 0"
severe a 12 291 "" "" | single "no secondary diagnosis" "12 0"
severe a 12 292 N179 E43 | single "two CCs" "12 0"
severe a 12 293 N179 "" | single "in the DRG without" ""
severe a 12 313 N179 "" | single "in a DRG without a split" ""
severe a 10 291 J9601 "" | single "too few" ""
severe a 12 291 N179 "" 2024-10-05 | single "a day that the set does not cover" ""
severe a 12 291 N179 "" | sed 's/,01,111,/,01,131,/' | single "no inpatient claims" ""
severe a 12 291 N179 "" | sed 's/,01,111,/,30,112,/' | single "still in" ""
severe a 12 291 N179 "" | sed 's/,I5022,N179,/,N179,I5022,/' | single "the principal diagnosis is none of them" "12 0"
