# SPDX-License-Identifier: Apache-2.0
#
# What gen plants is found, all of it and nothing else: every labelled case of a
# deterministic rule; no finding on anybody else, nor on a lawful look-alike; none
# at all in an honest year, however dirty its form.  INP-07 asks for a second
# claim of a diagnosis in each year, VAL-07 tells of placeholders, which are dirt,
# STA of what is rare: none of these is of labels.
. "$(dirname "$0")/assert.sh"

# scan RUN CLAIMS_DIR
scan() {
	"$program" scan -q --no-timing --force --report csv --findings all --rules all,-STA,-INP-07,-VAL-07 --max-bad 100% \
		-o "$1" --members "$2/members.csv" --providers "$2/providers.csv" "$2/claims.csv"
}

# Schemes whose every case is so many lines; of a ride not each line breaks a rule, and
# a day has as many as fit.
cases='
after_death 1
age_conflict 1
bilateral 1
component 1
duplicate 1
excluded_provider 1
global_visit 1
header_diagnosis 1
invalid_code 1
late_filing 1
new_again 1
overlapping_stays 2
sex_conflict 1
shared_visit 1
split_units 1
tests_in_stay 1
unbundled_never 2
unbundled_pair 2
unit_inflation 1
'

# hits RUN: rule, npi and hits of each rule that is on and hits claims and days, not providers.
hits() {
	awk -F, 'FILENAME ~ /\/rules/ { if (/,on,/ && !/,provider( and [a-z]+)?,/) on[$1] = 1; next }
		FNR > 1 && ($3 in on) && $4 == "" && $8 > 0 { print $3, $1, $8 }' \
		"$1/rules.csv" "$1/provider_rules.csv"
}

# judged RUN LABELS: schemes with a provider whose hits are not its cases; and who else was hit.
judged() {
	hits "$1" >hits
	printf '%s' "$cases" >cases
	awk '
		FILENAME == "cases" { lines[$1] = $2; next }
		FILENAME == "hits" { hit[$1, $2] += $3; next }
		{ split($0, cell, ",") }
		cell[4] == "planted" { planted[cell[3], cell[1]] = any[cell[1]] = 1 }
		cell[4] == "planted" && cell[2] ~ /^(ambulance|impossible_day)$/ && hit[cell[3], cell[1]] == 0 { print "missed", cell[2] }
		cell[4] == "planted" && (cell[2] in lines) && hit[cell[3], cell[1]] != cell[5] / lines[cell[2]] {
			print "missed", cell[2], cell[1], hit[cell[3], cell[1]] + 0, "of", cell[5] / lines[cell[2]]
		}
		END {
			for (key in hit) {
				split(key, part, SUBSEP)
				# Units planted for one rule are too many for a day as well.
				if (!(key in planted) && !(part[2] in any && part[1] ~ /^(TIM-01|SPC-05)$/)) print "unasked", part[1], part[2]
			}
		}' cases hits "$2" | sort -u | head -n 5
}

for seed in 1 2; do
	for shape in "--lines 120000 --providers 1500 --members 20000" "--lines 120000 --providers 600 --members 5000 --months 36"; do
		# shellcheck disable=SC2086 # a list of options
		exits "seed $seed, $shape: is made" 0 "$program" gen $shape --columns full --schemes all --prevalence 5% --seed $seed --force -o made
		exits "it is scanned" 0 scan run made
		equal "the planted are hit, and nobody else" "" "$(judged run made/labels.csv)"
		equal "at least 20 schemes are there" yes "$([ "$(awk -F, '$4 == "planted" { print $2 }' made/labels.csv | sort -u | wc -l)" -ge 20 ] && echo yes)"
	done
	exits "seed $seed: an honest and dirty year is made" 0 "$program" gen --lines 200000 --providers 1000 --members 10000 --months 24 \
		--columns full --schemes none --dirt all --seed $seed --force -o clean
	exits "it is scanned" 0 scan honest clean
	equal "no rule is hit" "" "$(hits honest | head -n 5)"
done
