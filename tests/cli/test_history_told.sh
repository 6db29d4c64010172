# SPDX-License-Identifier: Apache-2.0
#
# What a run says of its rules across claims: whose lines were put together, days
# that no release covers, and what each rule costs.
. "$(dirname "$0")/assert.sh"
. "$root/tests/cli/releases.sh"

XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

# made CASES...: claims.csv of lines in the form of tests/cli/history
made() {
	printf '%s\n' "$@" >cases
	rm -f claims.csv
	awk -v claims=claims.csv -v expected=expected -f "$root/tests/cli/history/claims.awk" cases
}

# outside SET YEAR
outside() {
	tr -d '\n' <run/manifest.json | sed 's/.*"codes_outside": *{//; s/"rules": *{.*//' |
		grep -oE "\"$1\": *\{[^}]*\}" | grep -oE "\"$2\": *[0-9]+" | grep -oE '[0-9]+$'
}

# ---- Whose lines ----

made 'a1 a/1 99213 2024-03-01' 'a1 b/1 99213 2024-03-02' 'a2 a/1 99213 2024-03-01 denied=1' \
	'a3 a/1 99213 2024-03-01' 'a4 a/1 99213 2024-03-01 person=none' 'a4 a/2 99213 2024-03-02 person=none'
exits "a run across claims" 0 "$program" scan --no-timing --force -o run claims.csv
says "in the summary" "across claims: 3 lines of 3 beneficiaries; 2 lines without a beneficiary"
equal "in quality.json" '"history": {"lines": 3, "beneficiaries": 3, "without_beneficiary": 2}' \
	"$(grep -o '"history": {.*}' run/quality.json)"
exits "a run without rules across claims" 0 scan --rules VAL-01 claims.csv
equal "nothing to say" "" "$(grep -o '"history".*' run/quality.json)"

# ---- Days that no release covers ----

releases_of_2025 releases
made 'a1 a/1 11045 2024-08-01 units=7' 'a1 b/1 11045 2024-08-01 units=6 charge=90.00' \
	'a2 a/1 11045 2019-08-01 units=7' 'a2 b/1 11045 2019-08-01 units=6 charge=90.00' \
	'a3 a/1 11045 2019-08-01 units=13'
exits "MUE of a day" 0 scan -c releases --findings all --rules NCC-05 claims.csv
equal "lines on days without MUE" 2 "$(outside mue_practitioner 2019)"
equal "the day with MUE is judged" "a1b" "$(awk -F, '$1 == "NCC-05" { print $4 }' run/findings.csv)"
exits "MUE of lines and of days" 0 scan -c releases --findings all --rules NCC-04,NCC-05 claims.csv
equal "a line is told once" 3 "$(outside mue_practitioner 2019)"
exits "the nearest MUE" 0 scan -c releases --codes-outside nearest --findings all --rules NCC-05 claims.csv
equal "by the nearest, marked, low" "a1b medium, a2b low nearest" \
	"$(awk -F, '$1 == "NCC-05" { printf "%s%s %s%s", sep, $4, $3, /release=nearest/ ? " nearest" : ""; sep = ", " }' run/findings.csv)"

made 'a1 a/1 11042 2019-08-01' 'a1 b/1 97597 2019-08-01' 'a2 a/1 11042 2027-08-01' 'a2 b/1 97597 2027-08-01'
for rules in NCC-01 NCC-02 NCC-01,NCC-02; do
	exits "pairs of a day, by $rules" 0 "$program" scan --no-timing --force -c releases --rules $rules -o run claims.csv
	equal "$rules: a line on a day that the table does not judge" 1 "$(outside ptp_practitioner 2027)"
	says "$rules: in the summary" "ptp_practitioner: 1 line of 2027"
done
equal "it is in scope, and not evaluated" "2,1,1,1" \
	"$(awk -F, '$1 == "NCC-02" { print $(NF - 7) "," $(NF - 6) "," $(NF - 5) "," $(NF - 4) }' run/rules.csv)"

# ---- What rules cost ----

exits "a run that takes the time" 0 "$program" scan -q --force --findings none -o run claims.csv
equal "a cost of a rule across claims" yes "$(awk -F, '$1 == "DUP-01" { print ($NF > 0) ? "yes" : "no: " $0 }' run/rules.csv)"
exits "a run that does not" 0 scan claims.csv
equal "no cost" "" "$(awk -F, 'NR > 1 { printf "%s", $NF }' run/rules.csv)"
